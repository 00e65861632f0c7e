"""Lists of runs and candidates as tables of plain text."""

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from core import figures
from core.listing import CandidateSummary
from core.problem import title_of
from core.run import OVER, RunSummary
from webui.looks import look_of, status_words
from webui.showing import in_cell
from worker.report.evidence import spent

_ROW_PIXELS, _MOST_ROWS = 35, 16


def open_run(run: str) -> None:
    """Go to a run's page."""
    st.switch_page("screens/run.py", query_params={"id": run})


def open_candidate(run: str, number: int) -> None:
    """Go to a candidate's page."""
    st.switch_page("screens/candidate.py", query_params={"id": run, "number": str(number)})


def pick_run(runs: Sequence[RunSummary], *, key: str) -> None:
    """The table of `runs`; choosing a row opens it. What is chosen is a place in the table that was seen, which other runs may
    have by now.
    """
    ids = [run.id for run in runs]
    seen: Sequence[str] = st.session_state.get(f"{key} seen", ids)
    st.session_state[f"{key} seen"] = ids
    rows = [_run_row(run) for run in runs]
    chosen = st.dataframe(
        rows,
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        hide_index=True,
        height=_height(rows),
        column_config={
            "repository": st.column_config.TextColumn(width="medium"),
            "doing": st.column_config.TextColumn(width="medium"),
        },
    )
    if chosen["selection"]["rows"]:
        open_run(seen[chosen["selection"]["rows"][0]])


def pick_candidate(run: str, candidates: Sequence[CandidateSummary], *, key: str) -> None:
    """The table of `candidates`; choosing a row opens it."""
    rows = [_candidate_row(candidate) for candidate in candidates]
    chosen = st.dataframe(
        rows, key=key, on_select="rerun", selection_mode="single-row", hide_index=True, height=_height(rows)
    )
    if chosen["selection"]["rows"]:
        open_candidate(run, candidates[chosen["selection"]["rows"][0]].number)


def _height(rows: Sequence[object]) -> int:
    return _ROW_PIXELS * (1 + min(len(rows), _MOST_ROWS)) + 3


def _run_row(run: RunSummary) -> dict[str, object]:
    return {
        "status": status_words(run.status),
        "repository": in_cell(title_of(run.repository)),
        "speedup": figures.speedup(run.speedup) if run.speedup else "",
        "doing": "" if run.status in OVER else in_cell(" · ".join(part for part in (run.stage, run.progress) if part)),
        "candidates": run.candidates,
        "cost": figures.dollars(run.dollars),
        "owner": in_cell(run.owner),
        "created": when(run.created_at),
        "run": run.id,
    }


def _candidate_row(candidate: CandidateSummary) -> dict[str, object]:
    return {
        "number": candidate.number,
        "verdict": look_of(candidate.verdict).words,
        "speedup": figures.speedup(candidate.speedup) if candidate.speedup else "",
        "built on": "" if candidate.parent is None else str(candidate.parent),
        "direction": in_cell(candidate.direction),
        "why": in_cell(candidate.reason),
        "proposer": in_cell(candidate.proposer),
        "spent": spent(candidate.spend),
    }


def when(moment: datetime) -> str:
    """A time for people, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
