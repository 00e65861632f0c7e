"""Batches: how far runs that belong together have come, and what came of them."""

import math
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import streamlit as st

from core import figures, stats
from core.listing import RunFilter
from core.run import OVER, RunStatus, RunSummary
from webui.charts.intervals import intervals
from webui.desk import service
from webui.lists import pick_run
from webui.living import live
from webui.looks import status_words
from webui.showing import aside, escaped, nothing

MOST_RUNS = 500
_RECENT = 200
LIVE_SECONDS = 5.0


def show_page() -> None:
    """The batch that the URL names, or those of the newest runs."""
    st.title("Batches")
    batch = st.text_input("Batch", key="batch", bind="query-params").strip()
    if not batch:
        _show_recent()
        return
    is_over = all(run.status in OVER for run in _runs(batch))
    live(_show_batch, seconds=None if is_over else LIVE_SECONDS)(batch)


def _show_recent() -> None:
    newest = service().store.catalogue.page(RunFilter(), limit=_RECENT).runs
    names = list(dict.fromkeys(run.batch for run in newest if run.batch))
    if not names:
        nothing(
            "No recent run belongs to a batch. Give several runs the same name in the field **Batch** of the page **Submit**."
        )
        return
    for name in names:
        st.page_link("screens/batches.py", label=escaped(name), query_params={"batch": name})


def _runs(batch: str) -> list[RunSummary]:
    """The newest runs of the batch; one more than MOST_RUNS where there are more."""

    def pages() -> Iterator[RunSummary]:
        after = ""
        while True:
            page = service().store.catalogue.page(RunFilter(batch=batch), after=after, limit=100)
            yield from page.runs
            if not (after := page.after):
                return

    return list(islice(pages(), MOST_RUNS + 1))


def _show_batch(batch: str) -> None:
    runs = _runs(batch)
    if not runs:
        nothing("There is no run of this batch. Look at its spelling; capitals count.")
        return
    if len(runs) > MOST_RUNS:
        runs = runs[:MOST_RUNS]
        aside(f"The batch has more runs than are counted here: these are its newest {MOST_RUNS}.")
    counts = Counter(run.status for run in runs)
    ended = sum(counts[status] for status in OVER)
    st.progress(ended / len(runs), text=f"{ended} of {len(runs)} runs have ended")
    faster = {run.id: run.speedup for run in runs if run.speedup}
    with st.container(horizontal=True):
        for status in RunStatus:
            if counts[status]:
                st.metric(status_words(status), counts[status], border=True)
        st.metric("confirmed faster", f"{len(faster)} of {len(runs)}", border=True)
        if faster:
            logs = [[math.log(speedup.estimate)] for speedup in faster.values()]
            st.metric("geometric mean of them", figures.times(math.exp(stats.geometric_mean(logs)[0])), border=True)
        st.metric("models", figures.dollars(sum(run.dollars for run in runs)), border=True)
    if faster:
        st.plotly_chart(intervals(faster), config={"displayModeBar": False})
    pick_run(runs, key="runs of the batch")


show_page()
