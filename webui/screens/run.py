"""Run: what came of it, what it is doing now, and every candidate it has tried."""

import streamlit as st

from core import figures
from core.errors import ConfigError
from core.problem import describe_workloads, title_of
from core.run import OVER, Run, RunStatus, RunSummary
from webui import actions
from webui.charts.progress import progress
from webui.charts.tree import tree
from webui.desk import service
from webui.lists import open_candidate, pick_candidate, when
from webui.living import live
from webui.looks import status_badge
from webui.showing import aside, block, escaped, failure, in_cell, nothing
from webui.watching import MOST_CANDIDATES, Seen, look
from worker.report.evidence import measured

LIVE_SECONDS = 2.0


def show_page() -> None:
    """The run that the URL names."""
    run_id = st.query_params.get("id", "")
    if not run_id:
        st.title("Run")
        nothing("Choose a run on the page **Runs**, or follow a link to one.")
        return
    try:
        seen = look(run_id)
    except ConfigError as error:
        st.title("Run")
        failure(str(error))
        return
    st.title(escaped(title_of(seen.line.repository)))
    actions.show_actions(seen.line)
    is_over = seen.line.status in OVER
    live(_show_now, seconds=None if is_over else LIVE_SECONDS)(seen.line.id, was_over=is_over)
    if seen.line.speedup is not None:
        actions.show_offering(seen.line)
    actions.show_hints(seen.line)
    actions.show_resuming(seen.line)
    _show_request(service().store.catalogue.run(seen.line.id))


def _show_now(run_id: str, *, was_over: bool) -> None:
    """All that changes while it is worked on."""
    seen = look(run_id)
    if seen.line.status in OVER and not was_over:
        st.rerun()
    _show_headline(seen)
    _show_numbers(seen.line)
    if seen.candidates:
        _show_search(seen)
    elif seen.line.status in OVER:
        nothing("Nothing was tried: the run ended before its baseline was measured.")
    _show_log(seen)


def _show_headline(seen: Seen) -> None:
    line = seen.line
    st.markdown(f"{status_badge(line.status)} {escaped(line.id)} · {line.kind} · {when(line.created_at)}")
    if line.is_imported:
        aside("It came in a bundle: what it says was measured elsewhere, by whoever made the bundle.")
    if line.speedup:
        st.header(f"✓ {figures.times(line.speedup.estimate)} {figures.gain(line.objective)}")
        st.markdown(f"between {figures.interval(line.speedup)}, measured again with fresh samples")
    if line.status is RunStatus.FAILED:
        failure(f"{line.error or 'no reason was recorded'}")
    elif line.status is RunStatus.QUEUED:
        nothing(
            f"It {escaped(line.progress, longest=300)}."
            if line.progress
            else "It waits for a worker. None may be running: see the page **System**."
        )
    elif line.status is RunStatus.RUNNING:
        # It stands still: what turns keeps a browser drawing, and that may be on the machine that measures.
        st.info(
            escaped(f"{line.stage or 'starting'} · {line.progress}" if line.progress else line.stage or "starting"),
            icon=":material/play_circle:",
        )
    elif line.stopped_by:
        aside(f"Ended: {escaped(line.stopped_by)}")


def _show_numbers(line: RunSummary) -> None:
    with st.container(horizontal=True):
        for words, value in _objective(line):
            st.metric(words, value, border=True)
        st.metric("candidates", figures.count(line.candidates), border=True)
        st.metric("models", figures.dollars(line.dollars), help=f"{figures.count(line.tokens)} tokens", border=True)
        if line.started_at and line.ended_at:
            st.metric("took", figures.seconds((line.ended_at - line.started_at).total_seconds()), border=True)


def _objective(line: RunSummary) -> list[tuple[str, str]]:
    """The median cost on both sides, of the winner's first workload."""
    winner = service().store.catalogue.winner(line.id) if line.speedup else None
    if winner is None:
        return []
    shown = measured(winner, line.objective)[:1]
    return [
        (f"{line.objective}, {row.side}", row.words.removeprefix("median "))
        for one in shown
        for row in one.samples.rows
    ]


def _show_search(seen: Seen) -> None:
    st.header("Search tree")
    event = st.plotly_chart(
        tree(seen.candidates), key="tree", on_select="rerun", selection_mode="points", config={"displayModeBar": False}
    )
    points = event["selection"]["points"]
    if points and "customdata" in points[0]:
        open_candidate(seen.line.id, _number(points[0]["customdata"]))
    st.header("Best so far")
    over, dollars = st.tabs(["by candidates", "by dollars"])
    name = seen.line.id
    over.plotly_chart(
        progress({name: seen.candidates}, over_dollars=False), key="by candidates", config={"displayModeBar": False}
    )
    dollars.plotly_chart(
        progress({name: seen.candidates}, over_dollars=True), key="by dollars", config={"displayModeBar": False}
    )
    st.header("Candidates")
    pick_candidate(seen.line.id, seen.candidates, key="candidates")
    if len(seen.candidates) == MOST_CANDIDATES:
        aside(f"The first {MOST_CANDIDATES:,d} are shown; the report has all.")


def _number(customdata: object) -> int:
    return int(customdata[0] if isinstance(customdata, list) else str(customdata))


def _show_log(seen: Seen) -> None:
    with st.expander("Log", expanded=seen.line.status is RunStatus.RUNNING):
        if seen.entries:
            lines = (f"{entry.at:%H:%M:%S}  {entry.stage}: {entry.message}" for entry in reversed(seen.entries))
            block("\n".join(map(in_cell, lines)), height=240)
        else:
            aside("Nothing was said yet." if seen.line.waits else "A run of the command line keeps no log here.")


def _show_request(run: Run) -> None:
    problem, backends = run.problem, run.backends
    with st.expander("What was asked for"):
        block(
            "\n".join(
                (
                    f"repository  {in_cell(problem.repository)}",
                    f"revision    {problem.revision}",
                    f"editable    {in_cell(', '.join(problem.editable))}",
                    f"setup       {in_cell(' && '.join(problem.setup)) or 'none'}",
                    f"tests       {in_cell(problem.tests)}",
                    f"workloads   {in_cell(describe_workloads(problem.workloads))}",
                    f"objective   {problem.objective}, at least {figures.times(problem.min_speedup)}",
                    f"sandbox     {backends.sandbox}",
                    f"strategy    {backends.strategy}",
                    f"proposers   {in_cell(', then '.join(map(str, backends.proposers))) or 'none: a patch is judged'}",
                    f"budget      {actions.budget_words(run.budget)}",
                )
            )
        )


show_page()
