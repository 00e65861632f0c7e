"""A store that works and forgets: for tests of everything that remembers."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.candidate import MINIMISER, Candidate, Decision, Evaluation
from core.errors import ConfigError, StoreError
from core.profile import Profile
from core.proposing import ModelCall
from core.queue import LOCAL
from core.run import Record, Run, RunStatus, RunSummary
from core.spend import Budget, Spend


@dataclass(kw_only=True)
class MemoryLedger:
    """Model calls by key."""

    stored: bool = True
    """Whether the run they belong to is in the store."""
    calls: dict[str, ModelCall] = field(default_factory=dict)

    def recall(self, key: str) -> ModelCall | None:
        """The call stored under `key`, if any."""
        return self.calls.get(key)

    def record(self, call: ModelCall) -> None:
        """Store `call`; StoreError when its key is taken."""
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
    candidates: dict[int, Candidate] = field(default_factory=dict)
    profiles: dict[int, tuple[Profile, ...]] = field(default_factory=dict)

    def propose(self, candidate: Candidate) -> None:
        """Add a candidate without an evaluation; StoreError when its number is taken or its parent unknown."""
        evaluated = candidate.evaluation or candidate.decision or candidate.confirmation or candidate.confirmed
        orphaned = candidate.parent is not None and candidate.parent not in {*self.candidates, candidate.number}
        if candidate.number in self.candidates or not self.stored or evaluated or orphaned:
            raise StoreError(f"candidate {candidate.number} is refused")
        self.candidates[candidate.number] = candidate

    def decide(self, number: int, evaluation: Evaluation, decision: Decision) -> None:
        """Add what the search observed and its verdict; StoreError when there is one already."""
        candidate = self._candidate(number)
        if candidate.decision:
            raise StoreError(f"candidate {number} is decided already")
        self.candidates[number] = replace(candidate, evaluation=evaluation, decision=decision)

    def confirm(self, number: int, confirmation: Evaluation, decision: Decision) -> None:
        """Add what the fresh samples said; StoreError when there is a confirmation already."""
        candidate = self._candidate(number)
        if candidate.confirmed:
            raise StoreError(f"candidate {number} is confirmed already")
        self.candidates[number] = replace(candidate, confirmation=confirmation, confirmed=decision)

    def profile(self, number: int, profiles: Sequence[Profile]) -> None:
        """Keep the candidate's profiles in place of those of an interrupted attempt."""
        self.profiles[self._candidate(number).number] = tuple(profiles)

    def _candidate(self, number: int) -> Candidate:
        if number not in self.candidates:
            raise StoreError(f"there is no candidate {number}")
        return self.candidates[number]


@dataclass(kw_only=True)
class MemoryStore:
    """All runs in one process."""

    runs: dict[str, Run] = field(default_factory=dict)
    histories: dict[str, MemoryHistory] = field(default_factory=dict)
    ledgers: dict[str, MemoryLedger] = field(default_factory=dict)

    def create(self, run: Run) -> None:
        """Record a new run; StoreError when its id is taken."""
        if run.id in self.runs:
            raise StoreError(f"run {run.id} is stored already")
        if run.created_at.tzinfo is None:
            raise StoreError(f"the time {run.created_at} has no time zone")
        self.runs[run.id] = run
        self.histories[run.id], self.ledgers[run.id] = MemoryHistory(), MemoryLedger()

    def load(self, run_id: str) -> Record:
        """Everything about the run; `run_id` may be the start of an id. ConfigError when no run or several match."""
        found = [run_id] if run_id in self.runs else [run.id for run in self._newest() if run.id.startswith(run_id)]
        if len(found) != 1:
            named = ", ".join(found or [run.id for run in self._newest()])
            raise ConfigError(f"{len(found)} runs begin with {run_id!r}, there are: {named}")
        history = self.histories[found[0]]
        candidates = sorted(history.candidates.values(), key=lambda candidate: candidate.number)
        return Record(
            run=self.runs[found[0]],
            candidates=tuple(candidates),
            profiles=dict(history.profiles),
            asked=self.ledgers[found[0]].spent(),
        )

    def recent(self, limit: int) -> list[RunSummary]:
        """The newest runs first."""
        return [_summary_of(self.load(run.id)) for run in self._newest()[:limit]]

    def transition(self, run_id: str, status: RunStatus, *, error: str = "", stopped_by: str = "") -> None:
        """The run's new status with its reason; StoreError when there is no such run."""
        self._change(run_id, status=status, error=error, stopped_by=stopped_by)

    def grant(self, run_id: str, budget: Budget) -> None:
        """The run's new budget; StoreError when there is no such run."""
        self._change(run_id, budget=budget)

    def ledger(self, run_id: str) -> MemoryLedger:
        """The run's memory of model calls."""
        return self.ledgers.get(run_id, MemoryLedger(stored=False))

    def history(self, run_id: str) -> MemoryHistory:
        """Where the run's candidates are written."""
        return self.histories.get(run_id, MemoryHistory(stored=False))

    def _change(self, run_id: str, **values: Any) -> None:
        if run_id not in self.runs:
            raise StoreError(f"there is no run {run_id} to change")
        self.runs[run_id] = replace(self.runs[run_id], **values)

    def _newest(self) -> list[Run]:
        return sorted(self.runs.values(), key=lambda run: (run.created_at, run.id), reverse=True)


def _summary_of(record: Record) -> RunSummary:
    tried = [c for c in record.candidates if c.parent is not None and c.proposal.proposer != MINIMISER]
    return RunSummary(
        id=record.run.id,
        kind=record.run.kind,
        status=record.run.status,
        repository=record.run.problem.repository,
        created_at=record.run.created_at,
        candidates=len(tried),
        speedup=record.winner.speedup if record.winner else None,
        objective=record.run.problem.objective,
        revision=record.run.problem.revision,
        owner=LOCAL,
        batch="",
        error=record.run.error,
        stopped_by=record.run.stopped_by,
        stage="",
        progress="",
        tokens=record.asked.tokens,
        dollars=record.asked.dollars,
        machine="",
        waits=False,
        started_at=None,
        ended_at=None,
    )
