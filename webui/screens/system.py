"""System: whether somebody works, what waits, what is spent, and whether this machine is fit."""

import shutil
import sys
from importlib.metadata import version

import streamlit as st

from core import figures
from core.access import Scope
from core.health import Health
from core.run import BackendSpec, RunStatus
from webui import entrance
from webui.charts.spending import spending
from webui.desk import service
from webui.lists import when
from webui.living import live
from webui.looks import status_words
from webui.showing import aside, in_cell, nothing
from worker.backends import TABLE
from worker.doctor import NO_ISOLATION, Checkup, examine

LIVE_SECONDS = 5.0
SPENDING_DAYS = 14
_SIGNS = {Health.GOOD: "✓ good", Health.LIMITED: "● limited", Health.MISSING: "✕ missing"}
_PACKAGES = ("perfsmith", "streamlit", "celery", "sqlalchemy", "langgraph")
_CHECKUP = "examined"


def show_page() -> None:
    """The queue and the workers live, the rest as it was when the page was opened."""
    st.title("System")
    live(_show_queue, seconds=LIVE_SECONDS)()
    st.header("Models")
    _show_spending()
    st.header("Disk")
    usage = shutil.disk_usage(service().settings.home)
    st.progress(usage.used / usage.total, text=f"{figures.memory(usage.free)} free of {figures.memory(usage.total)}")
    st.header("This machine")
    _show_checkup()
    st.header("Versions")
    rows = [{"what": name, "version": version(name)} for name in _PACKAGES]
    st.dataframe([*rows, {"what": "Python", "version": sys.version.split()[0]}], hide_index=True)


def _show_queue() -> None:
    catalogue = service().store.catalogue
    counts, lately, workers = catalogue.counts(), catalogue.spent_lately(), catalogue.workers()
    with st.container(horizontal=True):
        for status in RunStatus:
            open_ones = status in {RunStatus.QUEUED, RunStatus.RUNNING}
            st.metric(
                status_words(status), counts[status], border=True, help="now" if open_ones else "in the last 24 hours"
            )
        st.metric("waits longest", figures.seconds(catalogue.waiting_seconds()), border=True)
        st.metric(
            "models, 24 hours",
            figures.dollars(lately.dollars),
            border=True,
            help=f"{figures.count(lately.tokens)} tokens",
        )
    st.header("Workers")
    if not workers:
        nothing("No worker is alive, so nothing that waits is worked on. Start one with `perfsmith worker --beat`.")
        return
    rows = [
        {
            "worker": in_cell(each.name),
            "machine": in_cell(each.machine),
            "works on": each.run_id or "nothing",
            "release": each.release,
            "since": when(each.started_at),
        }
        for each in workers
    ]
    st.dataframe(rows, hide_index=True)


def _show_spending() -> None:
    days = service().store.catalogue.spent_by_day(SPENDING_DAYS)
    if not any(spend.tokens for spend in days.values()):
        nothing(f"No model was asked in the last {SPENDING_DAYS} days.")
        return
    st.plotly_chart(spending(days), config={"displayModeBar": False})


def _show_checkup() -> None:
    if not entrance.may(Scope.ADMIN):
        nothing("An admin can examine the machine here.")
        return
    aside("Sandboxes, clocks and programs of the machine that shows these pages, as `perfsmith doctor` has them.")
    if st.button("Examine", icon=":material/health_and_safety:"):
        names = [name for name in TABLE["sandbox"] if name != NO_ISOLATION]
        with st.spinner("Some seconds, more while a run is being timed"):
            st.session_state[_CHECKUP] = examine(
                service().settings, [BackendSpec(name=name, options={}) for name in names]
            )
    checkup: Checkup | None = st.session_state.get(_CHECKUP)
    if checkup is None:
        return
    rows = [
        {
            "health": _SIGNS[found.health],
            "part": section.title,
            "what": found.subject,
            "seen": in_cell(found.detail),
            "remedy": in_cell(found.remedy),
        }
        for section in checkup.sections
        for found in section.findings
    ]
    st.dataframe(rows, hide_index=True)


show_page()
