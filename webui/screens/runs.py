"""Runs: what there is, by any filter. The filter is in the URL, so that a list can be shared."""

import math
from dataclasses import replace
from datetime import UTC, date, datetime, time

import streamlit as st

from core.errors import ConfigError
from core.listing import Order, RunFilter
from core.run import RunStatus
from webui.addresses import tell_unknown
from webui.desk import service
from webui.lists import pick_run
from webui.living import live
from webui.showing import nothing
from webui.typed import typed

PAGE_SIZE = 50
LIVE_SECONDS = 5.0
_MORE = ("speedup", "owner", "since", "before")  # few people filter by these
_EXAMPLE_DAY = "2026-11-26"
_OPEN = (RunStatus.QUEUED, RunStatus.RUNNING)


def show_page() -> None:
    """The filter, and the list below it."""
    st.title("Runs")
    if tell_unknown("status", [*map(str, RunStatus)]) or tell_unknown("order", [*map(str, Order)]):
        st.button("Show all runs", on_click=st.query_params.clear)
        return
    wanted, order = _ask()
    after = st.query_params.get("after", "")
    page = service().store.catalogue.page(wanted, order=order, after=after, limit=PAGE_SIZE)
    if not page.runs:
        _show_nothing(wanted)
        return
    is_live = any(run.status in _OPEN for run in page.runs)
    live(_show_list, seconds=LIVE_SECONDS if is_live else None)(wanted, order, after)
    _turn_pages(after, page.after)


def _ask() -> tuple[RunFilter, Order]:
    name, status, order = st.columns([3, 3, 2])
    words = name.text_input("Repository begins with", key="name", bind="query-params", on_change=_first_page)
    statuses = status.multiselect(
        "Status", [*map(str, RunStatus)], key="status", bind="query-params", on_change=_first_page
    )
    by = order.selectbox("Order", [*map(str, Order)], key="order", bind="query-params", on_change=_first_page)
    plain = RunFilter(
        statuses=tuple(map(RunStatus, statuses)),
        name=words.strip().lower(),
        batch=st.query_params.get("batch", ""),
    )
    return _restricted(plain), Order(by)


def _restricted(plain: RunFilter) -> RunFilter:
    """By what fewer people ask for: fields that a page is quicker without."""
    st.session_state.setdefault("more", any(key in st.query_params for key in _MORE))
    if not st.toggle("More filters", key="more"):
        for key in _MORE:
            st.query_params.pop(key, None)
        return plain
    owner, speedup, since, until = st.columns(4)
    whose = owner.text_input("Owner", key="owner", bind="query-params", on_change=_first_page)
    least = typed(speedup, "Speedup at least", key="speedup", bind="query-params", on_change=_first_page)
    begin = typed(since, "Since", key="since", bind="query-params", on_change=_first_page, placeholder=_EXAMPLE_DAY)
    end = typed(until, "Before", key="before", bind="query-params", on_change=_first_page, placeholder=_EXAMPLE_DAY)
    return replace(
        plain,
        owner=whose.strip(),
        min_speedup=_factor(least),
        since=_midnight("Since", begin),
        until=_midnight("Before", end),
    )


def _midnight(label: str, text: str | None) -> datetime | None:
    """ConfigError for what is no day."""
    if text is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        raise ConfigError(f"{label}: {text!r} is no day; give one as {_EXAMPLE_DAY}") from None


def _factor(text: str | None) -> float | None:
    """ConfigError for what is no speedup."""
    if text is None:
        return None
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not 0 <= found < math.inf:
        raise ConfigError(f"Speedup at least: {text!r} is no speedup; give a number from 0 on, as 1.5")
    return found


def _first_page() -> None:
    """Another filter has pages of its own."""
    st.query_params.pop("after", None)


def _show_list(wanted: RunFilter, order: Order, after: str) -> None:
    page = service().store.catalogue.page(wanted, order=order, after=after, limit=PAGE_SIZE)
    pick_run(page.runs, key="runs")


def _show_nothing(wanted: RunFilter) -> None:
    if wanted == RunFilter():
        nothing("There are no runs yet. Hand in a repository on the page **Submit**, or with `perfsmith optimize`.")
    else:
        nothing("No run fits this filter. Take something out of it.")


def _turn_pages(after: str, following: str) -> None:
    newest, older = st.columns(2)
    if after and newest.button("First page", icon=":material/first_page:"):
        _first_page()
        st.rerun()
    if following and older.button("Next page", icon=":material/chevron_right:"):
        st.query_params["after"] = following
        st.rerun()


show_page()
