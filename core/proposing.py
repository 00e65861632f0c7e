"""What a proposer is told, and what it remembers of a model's answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.candidate import Candidate
from core.problem import Problem
from core.profile import Profile
from core.queue import Hint
from core.spend import Budget


@dataclass(frozen=True, kw_only=True)
class Brief:
    """Everything a proposer may use to make the next proposal. The same brief must give the same question."""

    problem: Problem
    number: int
    """The number that the candidate will have."""
    parent: Candidate
    """The candidate to build on; the baseline for a change to the code as it is."""
    baseline_sources: Mapping[str, str]
    """Text of every editable file at the run's revision, by path."""
    sources: Mapping[str, str]
    """The same with the parent's patch applied."""
    profiles: tuple[Profile, ...]
    """Of the parent, the most telling first; of the baseline where the parent was not profiled."""
    history: tuple[Candidate, ...]
    """All candidates so far, by number, the baseline first."""
    budget_left: Budget
    hints: tuple[Hint, ...] = ()
    """What people have said about the search so far, oldest first."""


@dataclass(frozen=True, kw_only=True)
class ModelCall:
    """One question to a language model and its answer, stored before the answer is used."""

    key: str
    """The same for the same place in the dialogue about a candidate, whatever the words; unique within a run."""
    candidate: int
    purpose: str
    """directions, edit or repair."""
    model: str
    prompt: str
    """The request as sent, as JSON."""
    answer: str
    """The text as received; empty when there was none."""
    error: str
    """Why there is no usable answer; empty when there is one."""
    input_tokens: int
    output_tokens: int
    dollars: float
    seconds: float
    """From the request to its answer, retries included."""
    asked_at: datetime
