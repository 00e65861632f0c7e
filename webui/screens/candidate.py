"""Candidate: what it changes, what became of it, and what was measured."""

import streamlit as st

from core import figures
from core.access import Scope
from core.candidate import Candidate, Evaluation
from core.errors import ConfigError
from core.listing import CandidateSummary
from core.proposing import ModelCall
from core.run import OVER, Run, RunSummary
from core.suspicions import suspicions
from webui import entrance
from webui.actions import bytes_of, offer
from webui.addresses import tell_unknown
from webui.charts.flames import difference, flames
from webui.charts.samples import distributions, ratios
from webui.charts.sides import sides
from webui.desk import service
from webui.living import live
from webui.looks import look_of
from webui.showing import aside, block, escaped, failure, in_cell, nothing, output
from worker.report.evidence import guarded, spent
from worker.report.flamegraph import flame

LIVE_SECONDS = 5.0
_MOST_DIGITS = 9
_VIEWS = ("unified", "side by side")
_BARE = {"displayModeBar": False}


def show_page() -> None:
    """The candidate that the URL names."""
    run_id, number = st.query_params.get("id", ""), st.query_params.get("number", "")
    if not run_id or not number:
        st.title("Candidate")
        nothing("Choose a candidate on the page of its **Run**, or follow a link to one.")
        return
    try:
        line = service().store.catalogue.summary(run_id)
        at = _number(number)
        seen = _line(line.id, at)
        candidate = service().store.catalogue.candidate(line.id, at)
    except ConfigError as error:
        st.title("Candidate")
        failure(str(error))
        return
    _show_candidate(line, candidate)
    if line.status not in OVER:
        live(_begin_anew_after, seconds=LIVE_SECONDS)(line.id, candidate.number, seen)


def _show_candidate(line: RunSummary, candidate: Candidate) -> None:
    run = service().store.catalogue.run(line.id)
    st.title(f"Candidate {candidate.number}" if candidate.parent is not None else "The original")
    st.page_link(
        "screens/run.py", label=f"Run {escaped(line.id)}", icon=":material/arrow_back:", query_params={"id": line.id}
    )
    _show_verdict(candidate)
    change, measures, heat, asked = st.tabs(["Change", "Measurements", "Where the time goes", "Model"])
    with change:
        _show_change(candidate)
    with measures:
        _show_measures(candidate, run)
    with heat:
        _show_heat(run.id, candidate.number)
    with asked:
        _show_calls(candidate, run.id)


def _number(text: str) -> int:
    """ConfigError for what is no number of a candidate."""
    if not text.isdecimal() or len(text) > _MOST_DIGITS:
        raise ConfigError(f"{text!r} is no number of a candidate; they are 0, 1, 2 and so on")
    return int(text)


def _begin_anew_after(run_id: str, number: int, seen: CandidateSummary | None) -> None:
    """Show the page again once the candidate or its run has got on: its samples are not read for nothing."""
    if _line(run_id, number) != seen or service().store.catalogue.summary(run_id).status in OVER:
        st.rerun()


def _line(run_id: str, number: int) -> CandidateSummary | None:
    found = service().store.catalogue.candidates(run_id, after=number - 1, limit=1)
    return found[0] if found else None


def _show_verdict(candidate: Candidate) -> None:
    look = look_of(candidate.verdict)
    speedup = f" {figures.speedup(candidate.speedup)}" if candidate.speedup else ""
    st.header(f":{look.badge}[{look.words}]{speedup}")
    if candidate.final:
        output(candidate.final.reason)
    if candidate.confirmed and candidate.decision:
        aside(f"The search said: {candidate.decision.verdict}, {escaped(candidate.decision.reason)}")
    last = candidate.confirmation or candidate.evaluation or Evaluation()
    for check in last.checks:
        st.markdown(f"{'✓' if check.passed else '✕'} {escaped(check.check)}")
    if last.failure:
        st.subheader(f"✕ {escaped(last.failure.check)}")
        output(last.failure.reason)
        if last.failure.witness:
            st.markdown("**The input that shows it**")
            block(last.failure.witness, language="python")
    built = "" if candidate.parent is None else f"built on {candidate.parent} · "
    where = f" · measured on {escaped(last.machine)}" if last.machine else ""
    aside(
        f"{built}{escaped(candidate.proposal.proposer) or 'nobody'} · {escaped(candidate.proposal.direction)} · {spent(candidate.spend)}{where}"
    )


def _show_change(candidate: Candidate) -> None:
    proposal = candidate.proposal
    if proposal.rationale:
        st.markdown("**Why, in the proposer's words**")
        block(proposal.rationale)
    if not proposal.patch:
        nothing("There is no patch: " + escaped(proposal.problem or "this is the code as it is."))
        return
    for found in suspicions(proposal.patch):
        st.warning(escaped(str(found)), icon=":material/visibility:")
    offer("Patch", lambda: bytes_of(proposal.patch), f"candidate-{candidate.number}.diff", "text/x-diff")
    _show_diff(proposal.patch)


def _show_diff(patch: str) -> None:
    tell_unknown("view", _VIEWS)
    files = sides(patch)
    how = (
        st.segmented_control("View", _VIEWS, key="view", default=_VIEWS[0], bind="query-params") if files else _VIEWS[0]
    )
    if how != _VIEWS[1]:
        block(patch, language="diff")
        return
    for file in files:
        st.markdown(f"**{escaped(file.title)}**")
        before, after = st.columns(2)
        with before:
            block(file.before, language="python")
        with after:
            block(file.after, language="python")


def _show_measures(candidate: Candidate, run: Run) -> None:
    last = candidate.confirmation or candidate.evaluation or Evaluation()
    speedups = dict(candidate.final.by_workload) if candidate.final else {}
    timings = [timing for timing in last.timings if timing.pairs]
    if not timings:
        nothing("It was not timed: it failed before that, or its turn has not come yet.")
    for at, timing in enumerate(timings):
        st.subheader(escaped(timing.workload))
        speedup = speedups.get(timing.workload) or (candidate.speedup if len(timings) == 1 else None)
        aside(
            f"{len(timing.pairs)} pairs of {timing.loops} loops" + (f" · {figures.speedup(speedup)}" if speedup else "")
        )
        st.markdown("**Samples**")
        st.plotly_chart(distributions(timing, run.problem.objective), key=f"samples {at}", config=_BARE)
        st.markdown("**Ratio of each pair over time**")
        st.plotly_chart(ratios(timing, run.problem.objective, speedup), key=f"ratios {at}", config=_BARE)
    rows = [
        {
            "workload": in_cell(row.workload),
            "cost": row.cost,
            "before": row.before,
            "after": row.after,
            "change": row.change,
            "allowed": row.allowed,
        }
        for row in guarded(candidate, run.problem)
    ]
    if rows:
        st.markdown("**All costs, medians**")
        st.dataframe(rows, hide_index=True)


def _show_heat(run_id: str, number: int) -> None:
    catalogue = service().store.catalogue
    before = {(profile.profiler, profile.unit): profile for profile in catalogue.profiles(run_id, 0)}
    after = (
        {(profile.profiler, profile.unit): profile for profile in catalogue.profiles(run_id, number)} if number else {}
    )
    if not before and not after:
        nothing("Nothing was profiled. The original and confirmed candidates are.")
    for key in dict.fromkeys((*before, *after)):
        st.subheader(f"{escaped(key[0])}, {escaped(key[1])}")
        drawn = {
            name: flame(found[key].stacks) for name, found in (("before", before), ("after", after)) if key in found
        }
        for name, graph in drawn.items():
            if graph is not None:
                st.markdown(f"**{name.capitalize()}**")
                st.plotly_chart(flames(graph), key=f"{name} {key}", config=_BARE)
        old, new = drawn.get("before"), drawn.get("after")
        if old is not None and new is not None:
            st.markdown("**Difference**: vermilion has more of the whole than before, blue has less")
            st.plotly_chart(difference(old, new), key=f"difference {key}", config=_BARE)


def _show_calls(candidate: Candidate, run_id: str) -> None:
    person = entrance.caller()
    if person is None or (person.token is None and person.scope is Scope.READ):
        nothing("Prompts and answers are shown to those with a token only: they hold the code.")
        return
    calls = service().store.catalogue.calls(run_id, candidate.number)
    if not calls:
        nothing("No model was asked for this candidate.")
    for call in calls:
        _show_call(call)


def _show_call(call: ModelCall) -> None:
    cost = f"{figures.count(call.input_tokens)} + {figures.count(call.output_tokens)} tokens · {figures.dollars(call.dollars)} · {figures.seconds(call.seconds)}"
    st.subheader(f"{escaped(call.purpose)} · {escaped(call.model)}")
    aside(cost)
    if call.error:
        output(call.error)
    with st.expander("Prompt"):
        block(call.prompt, language="json")
    with st.expander("Answer", expanded=True):
        block(call.answer)


show_page()
