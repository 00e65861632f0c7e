"""What a browser session has seen of a run that is worked on, so that only what changed is read again."""

from dataclasses import dataclass

import streamlit as st

from core.listing import CandidateSummary
from core.queue import LogEntry
from core.run import RunSummary
from webui.desk import service

MOST_CANDIDATES = 1000
"""Of one run that a page shows."""
_MOST_ENTRIES = 400
_KEY = "watched run"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A run as far as this session has read it."""

    line: RunSummary
    candidates: tuple[CandidateSummary, ...]
    entries: tuple[LogEntry, ...]


def look(run_id: str) -> Seen:
    """The run now. Its candidates are read again when its line is another one, of its log what is new."""
    catalogue = service().store.catalogue
    line = catalogue.summary(run_id)
    before: Seen | None = st.session_state.get(_KEY)
    if before is None or before.line.id != line.id:
        seen = Seen(line=line, candidates=_candidates(line.id), entries=_entries(line.id, ()))
    else:
        candidates = before.candidates if line == before.line else _candidates(line.id)
        seen = Seen(line=line, candidates=candidates, entries=_entries(line.id, before.entries))
    st.session_state[_KEY] = seen
    return seen


def _candidates(run_id: str) -> tuple[CandidateSummary, ...]:
    return service().store.catalogue.candidates(run_id, limit=MOST_CANDIDATES)


def _entries(run_id: str, known: tuple[LogEntry, ...]) -> tuple[LogEntry, ...]:
    catalogue = service().store.catalogue
    while new := catalogue.entries(run_id, after=known[-1].number if known else 0):
        known = (*known, *new)[-_MOST_ENTRIES:]
    return known
