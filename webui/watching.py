"""What a browser session has seen of runs that are worked on, so that only what changed is read again."""

from dataclasses import dataclass
from itertools import takewhile

import streamlit as st

from core.listing import CandidateSummary
from core.progress import SEARCH
from core.queue import LogEntry
from core.run import RunSummary
from webui.desk import service

MOST_CANDIDATES = 1000
"""Of one run that a page shows."""
_MOST_ENTRIES = 400
MOST_RUNS = 6
"""That a session remembers, and that are compared."""
_KEY = "watched runs"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A run as far as this session has read it."""

    line: RunSummary
    candidates: tuple[CandidateSummary, ...]
    entries: tuple[LogEntry, ...]


def look(run_id: str) -> Seen:
    """The run now. Read again is what may have changed: candidates when its line is another one or its log has grown, of the
    log what is new.
    """
    catalogue = service().store.catalogue
    line = catalogue.summary(run_id)
    watched: dict[str, Seen] = st.session_state.setdefault(_KEY, {})
    before = watched.pop(line.id, Seen(line=line, candidates=(), entries=()))
    after = before.entries[-1].number if before.entries else 0
    new = catalogue.last_entries(line.id, after=after, limit=_MOST_ENTRIES)
    candidates = before.candidates
    if new or line != before.line or not candidates:
        settled = _settled(candidates) if _are_of_search(new) and line.status is before.line.status else ()
        candidates = (*settled, *_candidates_after(line.id, settled))
    watched[line.id] = Seen(line=line, candidates=candidates, entries=(*before.entries, *new)[-_MOST_ENTRIES:])
    if len(watched) > MOST_RUNS:
        del watched[next(iter(watched))]
    return watched[line.id]


def _settled(candidates: tuple[CandidateSummary, ...]) -> tuple[CandidateSummary, ...]:
    """Those before the first that has no verdict yet."""
    return tuple(takewhile(lambda candidate: candidate.verdict is not None, candidates))


def _are_of_search(entries: tuple[LogEntry, ...]) -> bool:
    """A verdict once given changes after the search only, where it is confirmed or not."""
    return all(entry.stage == SEARCH for entry in entries)


def _candidates_after(run_id: str, settled: tuple[CandidateSummary, ...]) -> tuple[CandidateSummary, ...]:
    after = settled[-1].number if settled else -1
    return service().store.catalogue.candidates(run_id, after=after, limit=MOST_CANDIDATES - len(settled))
