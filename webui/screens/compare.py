"""Compare: two or more runs beside each other. Their ids are in the URL."""

import streamlit as st

from core import figures
from core.errors import ConfigError
from core.problem import Problem, title_of
from core.run import OVER, Backends, Run, RunSummary
from webui.charts.intervals import intervals
from webui.charts.progress import progress
from webui.desk import service
from webui.living import live
from webui.looks import status_words
from webui.showing import in_cell, nothing
from webui.watching import MOST_RUNS, look

LIVE_SECONDS = 5.0
# Of a problem: where one of them differs, something else was made faster.
_COMPARED = ("repository", "revision", "objective", "workloads", "tests", "setup")


def show_page() -> None:
    """The runs that the field names, separated by spaces."""
    st.title("Compare")
    given = st.text_input("Runs, by their ids", key="ids", bind="query-params", placeholder="3f9a1c0de2 4b7d22aa01")
    ids = given.replace(",", " ").split()
    if len(ids) < 2:  # noqa: PLR2004 - one has nothing beside it
        nothing("Give two or more ids. They stand in the last column of the page **Runs**.")
        return
    if len(ids) > MOST_RUNS:
        nothing(f"The first {MOST_RUNS} are shown.")
    shown = ids[:MOST_RUNS]
    runs = [service().store.catalogue.run(run_id) for run_id in shown]
    _refuse_twice([run.id for run in runs])
    is_over = all(run.status in OVER for run in runs)
    _warn([run.problem for run in runs])
    live(_show_runs, seconds=None if is_over else LIVE_SECONDS)(runs, was_over=is_over)


def _show_runs(runs: list[Run], *, was_over: bool) -> None:
    seen = [look(run.id) for run in runs]
    if not was_over and all(each.line.status in OVER for each in seen):
        st.rerun()
    rows = [_row(each.line, run.backends) for each, run in zip(seen, runs, strict=True)]
    st.dataframe(rows, hide_index=True)
    faster = {each.line.id: each.line.speedup for each in seen if each.line.speedup}
    if faster:
        st.header("Confirmed speedups")
        st.plotly_chart(intervals(faster), config={"displayModeBar": False})
    searches = {each.line.id: each.candidates for each in seen}
    st.header("Best so far")
    over, dollars = st.tabs(["by candidates", "by dollars"])
    over.plotly_chart(progress(searches, over_dollars=False), key="by candidates", config={"displayModeBar": False})
    dollars.plotly_chart(progress(searches, over_dollars=True), key="by dollars", config={"displayModeBar": False})


def _refuse_twice(ids: list[str]) -> None:
    """ConfigError where a run would be beside itself: by its id, or by two beginnings of it."""
    twice = [run_id for run_id in dict.fromkeys(ids) if ids.count(run_id) > 1]
    if twice:
        raise ConfigError(f"{', '.join(twice)} given more than once; give the ids of different runs")


def _warn(problems: list[Problem]) -> None:
    differing = [name for name in _COMPARED if len({getattr(problem, name) for problem in problems}) > 1]
    if differing:
        st.warning(
            f"The speedups of these runs do not compare: they differ in their {', '.join(differing)}.",
            icon=":material/warning:",
        )


def _row(run: RunSummary, backends: Backends) -> dict[str, object]:
    return {
        "run": run.id,
        "repository": in_cell(title_of(run.repository)),
        "status": status_words(run.status),
        "speedup": figures.speedup(run.speedup) if run.speedup else "",
        "proposers": in_cell(
            ", ".join(f"{spec.name} {spec.options.get('model', '')}".strip() for spec in backends.proposers)
        ),
        "strategy": in_cell(backends.strategy.name),
        "candidates": run.candidates,
        "tokens": figures.count(run.tokens),
        "cost": figures.dollars(run.dollars),
        "machine": in_cell(run.machine),
    }


show_page()
