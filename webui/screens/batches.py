"""Batches: how far runs that belong together have come, and what came of them."""

from collections.abc import Iterator
from itertools import islice

import streamlit as st

from core import figures
from core.errors import ConfigError
from core.listing import BatchSummary, RunFilter
from core.run import OVER, RunSummary
from webui.charts.intervals import intervals
from webui.desk import service
from webui.lists import pick_run
from webui.living import live
from webui.looks import status_words
from webui.showing import aside, escaped, failure, nothing

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
    try:
        summary = service().store.catalogue.batch(batch)
    except ConfigError:
        failure(f"there is no batch {batch!r}; look at its spelling, capitals count")
        _show_recent()
        return
    is_over = _ended(summary) == sum(summary.runs.values())
    live(_show_batch, seconds=None if is_over else LIVE_SECONDS)(batch, was_over=is_over)


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


def _newest(batch: str) -> list[RunSummary]:
    """The newest runs of the batch, as many as a page shows."""

    def pages() -> Iterator[RunSummary]:
        after = ""
        while True:
            page = service().store.catalogue.page(RunFilter(batch=batch), after=after, limit=100)
            yield from page.runs
            if not (after := page.after):
                return

    return list(islice(pages(), MOST_RUNS))


def _show_batch(batch: str, *, was_over: bool) -> None:
    summary = service().store.catalogue.batch(batch)
    count, ended = sum(summary.runs.values()), _ended(summary)
    if ended == count and not was_over:
        st.rerun()
    st.progress(ended / count, text=f"{ended} of {count} runs have ended")
    with st.container(horizontal=True):
        for status, number in summary.runs.items():
            if number:
                st.metric(status_words(status), number, border=True)
        st.metric("confirmed faster", f"{summary.faster} of {count}", border=True)
        if summary.speedup:
            st.metric("geometric mean of them", figures.times(summary.speedup), border=True)
        st.metric("models", figures.dollars(summary.dollars), border=True)
    runs = _newest(batch)
    if len(runs) < count:
        aside(f"Of its {count} runs the newest {len(runs)} are shown.")
    faster = {run.id: run.speedup for run in runs if run.speedup}
    if faster:
        st.plotly_chart(intervals(faster), config={"displayModeBar": False})
    pick_run(runs, key="runs of the batch")


def _ended(summary: BatchSummary) -> int:
    return sum(summary.runs[status] for status in OVER)


show_page()
