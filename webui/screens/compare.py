"""Compare: two or more runs beside each other. Their ids are in the URL."""

import streamlit as st

from core import figures
from core.problem import title_of
from core.run import RunSummary
from webui.charts.intervals import intervals
from webui.charts.progress import progress
from webui.desk import service
from webui.looks import status_words
from webui.showing import in_cell, nothing
from webui.watching import MOST_CANDIDATES

MOST_RUNS = 6


def show_page() -> None:
    """The runs that the field names, separated by spaces."""
    st.title("Compare")
    given = st.text_input("Runs, by their ids", key="ids", bind="query-params", placeholder="3f9a1c0de2 4b7d22aa01")
    ids = list(dict.fromkeys(given.replace(",", " ").split()))
    if len(ids) < 2:  # noqa: PLR2004 - one has nothing beside it
        nothing("Give two or more ids. They stand in the last column of the page **Runs**.")
        return
    if len(ids) > MOST_RUNS:
        nothing(f"The first {MOST_RUNS} are shown.")
    runs = [service().store.catalogue.summary(run_id) for run_id in ids[:MOST_RUNS]]
    _warn(runs)
    st.dataframe([_row(run) for run in runs], hide_index=True)
    if any(run.speedup for run in runs):
        st.header("Confirmed speedups")
        st.plotly_chart(
            intervals({run.id: run.speedup for run in runs if run.speedup}), config={"displayModeBar": False}
        )
    searches = {run.id: service().store.catalogue.candidates(run.id, limit=MOST_CANDIDATES) for run in runs}
    st.header("Best so far")
    over, dollars = st.tabs(["by candidates", "by dollars"])
    over.plotly_chart(progress(searches, over_dollars=False), key="by candidates", config={"displayModeBar": False})
    dollars.plotly_chart(progress(searches, over_dollars=True), key="by dollars", config={"displayModeBar": False})


def _warn(runs: list[RunSummary]) -> None:
    if len({(run.repository, run.revision, run.objective) for run in runs}) > 1:
        st.warning(
            "These runs are not about the same revision and objective: their speedups do not compare.",
            icon=":material/warning:",
        )


def _row(run: RunSummary) -> dict[str, object]:
    backends = service().store.catalogue.run(run.id).backends
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
