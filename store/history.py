"""Writes a run's candidates as they grow."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Engine, delete, insert, or_, update
from sqlalchemy.orm import Session

from core.candidate import Candidate, CheckResult, Decision, Evaluation, Verdict
from core.errors import StoreError
from core.measurement import Costs, Speedup, Timing
from core.profile import Profile
from core.queue import Claim, Hint
from store.claims import writing_as
from store.engine import reading
from store.failures import understood
from store.forms import speedups_form
from store.hints import hints_of
from store.profiles import pack
from store.tables import CandidateRow, CheckRow, EvaluationRow, ProfilesRow, RunRow, SampleRow, Table, TimingRow

SEARCH = "search"
CONFIRMATION = "confirmation"
CHECK = "check"
FAILURE = "failure"
ORIGINAL = "original"
CANDIDATE = "candidate"
WORKLOAD = "workload"
REPLAY = "replay"

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class SqlHistory:
    """The candidates of one run in the database."""

    engine: Engine
    run_id: str
    claim: Claim | None = None
    """Given: writes are refused once the claim is another's."""

    def propose(self, candidate: Candidate) -> None:
        """Add a candidate without an evaluation; StoreError when its number is taken."""
        if candidate.evaluation or candidate.decision or candidate.confirmation or candidate.confirmed:
            raise StoreError(f"candidate {candidate.number} is evaluated already; store it before it is evaluated")
        refused = self._refused(candidate.number, "its number is taken, or there is no such run or parent")
        with self._writing(refused) as session:
            session.execute(insert(CandidateRow).values(run_id=self.run_id, **_candidate_row(candidate)))

    def decide(self, number: int, evaluation: Evaluation, decision: Decision) -> None:
        """Add what the search observed and its verdict; StoreError when there is one already."""
        self._add(number, SEARCH, evaluation, decision)

    def confirm(self, number: int, confirmation: Evaluation, decision: Decision) -> None:
        """Add what the fresh samples said; StoreError when there is a confirmation already."""
        self._add(number, CONFIRMATION, confirmation, decision)

    def profile(self, number: int, profiles: Sequence[Profile]) -> None:
        """Keep the candidate's profiles in place of those of an interrupted attempt."""
        key = {"run_id": self.run_id, "number": number}
        with self._writing(self._refused(number, "it can't be profiled before it is stored")) as session:
            session.execute(delete(ProfilesRow).filter_by(**key))
            session.execute(insert(ProfilesRow).values(**key, packed=pack(profiles)))

    def hints(self) -> tuple[Hint, ...]:
        """What people have said about the search so far."""
        with understood(self.engine.url, self.run_id), reading(self.engine) as session:
            return hints_of(session, self.run_id)

    def _add(self, number: int, kind: str, evaluation: Evaluation, decision: Decision) -> None:
        refused = self._refused(number, f"its {kind} is stored already, or there is no such candidate")
        with self._writing(refused) as session:
            add_evaluation(session, self.run_id, number, evaluation, decision, kind=kind)
            if decision.verdict is Verdict.CONFIRMED and decision.speedup:
                show_winner(session, self.run_id, decision.speedup)

    def _writing(self, refused: str) -> AbstractContextManager[Session]:
        return writing_as(self.claim, self.engine, refused=refused)

    def _refused(self, number: int, why: str) -> str:
        return f"candidate {number} of run {self.run_id} is refused: {why}"


def add_evaluation(
    session: Session, run_id: str, number: int, evaluation: Evaluation, decision: Decision, *, kind: str
) -> None:
    """What was observed about a candidate, with the decision that it led to."""
    row = EvaluationRow(run_id=run_id, number=number, kind=kind, **_evaluation_row(evaluation, decision))
    session.add(row)
    session.flush()
    _insert(session, CheckRow, _check_rows(row.id, evaluation))
    _insert(session, TimingRow, _timing_rows(row.id, evaluation))
    _insert(session, SampleRow, _sample_rows(row.id, evaluation))


def show_winner(session: Session, run_id: str, speedup: Speedup) -> None:
    """Lists show the confirmed speedup with the highest lower bound, as `Record.winner` has it."""
    values = {"speedup": speedup.estimate, "speedup_low": speedup.low, "speedup_high": speedup.high}
    better = or_(RunRow.speedup_low.is_(None), RunRow.speedup_low < speedup.low)
    session.execute(update(RunRow).where(RunRow.id == run_id, better).values(**values))


def _insert(session: Session, table: type[Table], rows: Iterator[Row]) -> None:
    values = list(rows)
    if values:
        session.execute(insert(table), values)


def _candidate_row(candidate: Candidate) -> Row:
    proposal = candidate.proposal
    return {
        "number": candidate.number,
        "parent": candidate.parent,
        "patch": proposal.patch,
        "rationale": proposal.rationale,
        "direction": proposal.direction,
        "proposer": proposal.proposer,
        "problem": proposal.problem,
        "spent_candidates": proposal.spend.candidates,
        "spent_tokens": proposal.spend.tokens,
        "spent_dollars": proposal.spend.dollars,
        "spent_seconds": proposal.spend.seconds,
    }


def _evaluation_row(evaluation: Evaluation, decision: Decision) -> Row:
    speedup = decision.speedup
    return {
        "seconds": evaluation.seconds,
        "machine": evaluation.machine,
        "verdict": decision.verdict.value,
        "reason": decision.reason,
        "speedup": speedup and speedup.estimate,
        "speedup_low": speedup and speedup.low,
        "speedup_high": speedup and speedup.high,
        "by_workload": speedups_form(decision.by_workload),
    }


def _check_rows(evaluation_id: int, evaluation: Evaluation) -> Iterator[Row]:
    for position, check in enumerate(evaluation.checks):
        yield {"evaluation_id": evaluation_id, "position": position, "role": CHECK, **_check_row(check)}
    if evaluation.failure:
        position = len(evaluation.checks)
        yield {"evaluation_id": evaluation_id, "position": position, "role": FAILURE, **_check_row(evaluation.failure)}


def _check_row(check: CheckResult) -> Row:
    return {
        "name": check.check,
        "passed": check.passed,
        "reason": check.reason,
        "verdict": check.verdict and check.verdict.value,
        "witness": check.witness,
    }


def _timing_rows(evaluation_id: int, evaluation: Evaluation) -> Iterator[Row]:
    for position, timing in enumerate((*evaluation.timings, *evaluation.replays)):
        yield {
            "evaluation_id": evaluation_id,
            "position": position,
            "role": WORKLOAD if position < len(evaluation.timings) else REPLAY,
            "workload": timing.workload,
            "loops": timing.loops,
        }


def _sample_rows(evaluation_id: int, evaluation: Evaluation) -> Iterator[Row]:
    for position, timing in enumerate((*evaluation.timings, *evaluation.replays)):
        for number, side, first, costs in _samples(timing):
            yield {
                "evaluation_id": evaluation_id,
                "timing": position,
                "pair": number,
                "side": side,
                "taken_first": first,
                **asdict(costs),
            }


def _samples(timing: Timing) -> Iterator[tuple[int, str, bool, Costs]]:
    for number, pair in enumerate(timing.pairs):
        yield number, ORIGINAL, pair.original_first, pair.original
        yield number, CANDIDATE, not pair.original_first, pair.candidate
