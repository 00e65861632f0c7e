"""Candidates and model calls in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from core.candidate import Candidate, Decision, Evaluation
from core.errors import StoreError
from core.profile import Profile
from core.proposing import ModelCall
from core.queue import Hint
from core.spend import Spend


def anybody() -> None:
    """Whoever wants to may write."""


@dataclass(kw_only=True)
class MemoryLedger:
    """Model calls by key."""

    stored: bool = True
    """Whether the run they belong to is in the store."""
    check: Callable[[], None] = anybody
    calls: dict[str, ModelCall] = field(default_factory=dict)

    def recall(self, key: str) -> ModelCall | None:
        """The call stored under `key`, if any."""
        return self.calls.get(key)

    def record(self, call: ModelCall) -> None:
        """Store `call`; StoreError when its key is taken."""
        self.check()
        if call.key in self.calls or not self.stored:
            raise StoreError(f"the model call {call.key} is refused")
        self.calls[call.key] = call

    def spent(self) -> Spend:
        """Tokens and dollars of all calls."""
        tokens = sum(call.input_tokens + call.output_tokens for call in self.calls.values())
        return Spend(tokens=tokens, dollars=sum(call.dollars for call in self.calls.values()))


@dataclass(kw_only=True)
class MemoryHistory:
    """Candidates and profiles by number."""

    stored: bool = True
    """Whether the run they belong to is in the store."""
    check: Callable[[], None] = anybody
    candidates: dict[int, Candidate] = field(default_factory=dict)
    profiles: dict[int, tuple[Profile, ...]] = field(default_factory=dict)
    said: list[Hint] = field(default_factory=list)

    def propose(self, candidate: Candidate) -> None:
        """Add a candidate without an evaluation; StoreError when its number is taken or its parent unknown."""
        self.check()
        evaluated = candidate.evaluation or candidate.decision or candidate.confirmation or candidate.confirmed
        orphaned = candidate.parent is not None and candidate.parent not in {*self.candidates, candidate.number}
        if candidate.number in self.candidates or not self.stored or evaluated or orphaned:
            raise StoreError(f"candidate {candidate.number} is refused")
        self.candidates[candidate.number] = candidate

    def decide(self, number: int, evaluation: Evaluation, decision: Decision) -> None:
        """Add what the search observed and its verdict; StoreError when there is one already."""
        self.check()
        candidate = self._candidate(number)
        if candidate.decision:
            raise StoreError(f"candidate {number} is decided already")
        self.candidates[number] = replace(candidate, evaluation=evaluation, decision=decision)

    def confirm(self, number: int, confirmation: Evaluation, decision: Decision) -> None:
        """Add what the fresh samples said; StoreError when there is a confirmation already."""
        self.check()
        candidate = self._candidate(number)
        if candidate.confirmed:
            raise StoreError(f"candidate {number} is confirmed already")
        self.candidates[number] = replace(candidate, confirmation=confirmation, confirmed=decision)

    def hints(self) -> tuple[Hint, ...]:
        """What people have said about the search so far."""
        return tuple(self.said)

    def profile(self, number: int, profiles: Sequence[Profile]) -> None:
        """Keep the candidate's profiles in place of those of an interrupted attempt."""
        self.check()
        self.profiles[self._candidate(number).number] = tuple(profiles)

    def _candidate(self, number: int) -> Candidate:
        if number not in self.candidates:
            raise StoreError(f"there is no candidate {number}")
        return self.candidates[number]
