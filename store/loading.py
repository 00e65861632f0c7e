"""Reads all about a run in a fixed number of queries, however many candidates and samples there are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.candidate import Candidate, CheckResult, Decision, Evaluation, Proposal, Verdict
from core.measurement import Costs, Pair, Speedup, Timing
from core.profile import Profile
from core.run import Record, Run, RunKind, RunStatus
from core.spend import Spend
from store.forms import backends_of, budget_of, problem_of, speedups_of
from store.hints import hints_of
from store.history import CANDIDATE, CONFIRMATION, FAILURE, ORIGINAL, REPLAY, SEARCH, WORKLOAD
from store.ledger import spent_on_calls
from store.profiles import unpack
from store.tables import CandidateRow, CheckRow, EvaluationRow, ProfilesRow, RunRow, SampleRow, TimingRow


def record_of(session: Session, row: RunRow) -> Record:
    """The run in `row` with all its candidates and profiles."""
    evaluated = _evaluated(session, row.id)
    candidates = select(CandidateRow).filter_by(run_id=row.id).order_by(CandidateRow.number)
    return Record(
        run=run_of(row),
        candidates=tuple(_candidate_of(candidate, evaluated) for candidate in session.scalars(candidates)),
        profiles=_profiles(session, row.id),
        asked=spent_on_calls(session, row.id),
        hints=hints_of(session, row.id),
    )


def candidate_of(session: Session, run_id: str, number: int) -> Candidate | None:
    """One candidate of the run with all its samples, if there is one."""
    row = session.get(CandidateRow, (run_id, number))
    return None if row is None else _candidate_of(row, _evaluated(session, run_id, number))


def run_of(row: RunRow) -> Run:
    """The run in `row`."""
    return Run(
        id=row.id,
        kind=RunKind(row.kind),
        problem=problem_of(row.problem),
        backends=backends_of(row.backends),
        budget=budget_of(row.budget),
        seed=row.seed,
        created_at=row.created_at,
        status=RunStatus(row.status),
        error=row.error,
        stopped_by=row.stopped_by,
        judged_patch=row.judged_patch,
    )


def speedup_of(estimate: float | None, low: float | None, high: float | None) -> Speedup | None:
    """The speedup in an evaluation's three columns."""
    if estimate is None or low is None or high is None:
        return None
    return Speedup(estimate=estimate, low=low, high=high)


@dataclass(frozen=True, kw_only=True)
class _Evaluated:
    evaluation: Evaluation
    decision: Decision


@dataclass(frozen=True, kw_only=True)
class _Timed:
    role: str
    timing: Timing


def _candidate_of(row: CandidateRow, evaluated: Mapping[tuple[int, str], _Evaluated]) -> Candidate:
    search, confirmation = evaluated.get((row.number, SEARCH)), evaluated.get((row.number, CONFIRMATION))
    return Candidate(
        number=row.number,
        parent=row.parent,
        proposal=_proposal_of(row),
        evaluation=search.evaluation if search else None,
        decision=search.decision if search else None,
        confirmation=confirmation.evaluation if confirmation else None,
        confirmed=confirmation.decision if confirmation else None,
    )


def _proposal_of(row: CandidateRow) -> Proposal:
    return Proposal(
        patch=row.patch,
        rationale=row.rationale,
        direction=row.direction,
        proposer=row.proposer,
        spend=Spend(
            candidates=row.spent_candidates,
            tokens=row.spent_tokens,
            dollars=row.spent_dollars,
            seconds=row.spent_seconds,
        ),
        problem=row.problem,
    )


def _evaluated(session: Session, run_id: str, number: int | None = None) -> dict[tuple[int, str], _Evaluated]:
    """What was observed and decided, by candidate number and kind; of one candidate where its number is given."""
    mine: _Mine = {"run_id": run_id} if number is None else {"run_id": run_id, "number": number}
    checks, timings = _checks(session, mine), _timings(session, mine)
    return {
        (row.number, row.kind): _Evaluated(
            evaluation=_evaluation_of(row, checks[row.id], timings[row.id]), decision=_decision_of(row)
        )
        for row in session.scalars(select(EvaluationRow).filter_by(**mine))
    }


def _evaluation_of(row: EvaluationRow, checks: Sequence[CheckRow], timings: Sequence[_Timed]) -> Evaluation:
    return Evaluation(
        checks=tuple(_check_of(check) for check in checks if check.role != FAILURE),
        timings=tuple(timed.timing for timed in timings if timed.role == WORKLOAD),
        replays=tuple(timed.timing for timed in timings if timed.role == REPLAY),
        failure=next((_check_of(check) for check in checks if check.role == FAILURE), None),
        seconds=row.seconds,
        machine=row.machine,
    )


def _decision_of(row: EvaluationRow) -> Decision:
    return Decision(
        verdict=Verdict(row.verdict),
        reason=row.reason,
        speedup=speedup_of(row.speedup, row.speedup_low, row.speedup_high),
        by_workload=speedups_of(row.by_workload),
    )


_Mine = Mapping[str, str | int]
"""Whose evaluations: columns of EvaluationRow."""


def _of(query: Select[Any], evaluation_id: InstrumentedAttribute[int], mine: _Mine) -> Select[Any]:
    belongs = [getattr(EvaluationRow, name) == value for name, value in mine.items()]
    return query.join(EvaluationRow, EvaluationRow.id == evaluation_id).where(*belongs)


def _checks(session: Session, mine: _Mine) -> dict[int, list[CheckRow]]:
    query = _of(select(CheckRow), CheckRow.evaluation_id, mine).order_by(CheckRow.position)
    checks: dict[int, list[CheckRow]] = defaultdict(list)
    for row in session.scalars(query):
        checks[row.evaluation_id].append(row)
    return checks


def _check_of(row: CheckRow) -> CheckResult:
    verdict = None if row.verdict is None else Verdict(row.verdict)
    return CheckResult(check=row.name, passed=row.passed, reason=row.reason, verdict=verdict, witness=row.witness)


def _timings(session: Session, mine: _Mine) -> dict[int, list[_Timed]]:
    """Timings with their pairs, in order, by evaluation."""
    pairs = _pairs(session, mine)
    query = _of(select(TimingRow), TimingRow.evaluation_id, mine).order_by(TimingRow.position)
    timings: dict[int, list[_Timed]] = defaultdict(list)
    for row in session.scalars(query):
        taken = tuple(pairs[row.evaluation_id, row.position])
        timing = Timing(workload=row.workload, loops=row.loops, pairs=taken)
        timings[row.evaluation_id].append(_Timed(role=row.role, timing=timing))
    return timings


def _pairs(session: Session, mine: _Mine) -> dict[tuple[int, int], list[Pair]]:
    """Pairs in order, by evaluation and timing. Plain columns: objects of tables would double the time."""
    query = _of(select(*SampleRow.__table__.columns), SampleRow.evaluation_id, mine)
    pairs: dict[tuple[int, int], list[Pair]] = defaultdict(list)
    waiting: dict[str, Row[Any]] = {}
    for row in session.execute(query.order_by(SampleRow.evaluation_id, SampleRow.timing, SampleRow.pair)):
        waiting[row.side] = row
        if len(waiting) > 1:
            pairs[row.evaluation_id, row.timing].append(_pair_of(waiting.pop(ORIGINAL), waiting.pop(CANDIDATE)))
    return pairs


def _pair_of(original: Row[Any], candidate: Row[Any]) -> Pair:
    return Pair(original=_costs_of(original), candidate=_costs_of(candidate), original_first=original.taken_first)


def _costs_of(row: Row[Any]) -> Costs:
    return Costs(
        wall_seconds=row.wall_seconds,
        cpu_seconds=row.cpu_seconds,
        memory_bytes=row.memory_bytes,
        instructions=row.instructions,
        uncounted=row.uncounted,
        reported=row.reported,
    )


def _profiles(session: Session, run_id: str) -> dict[int, tuple[Profile, ...]]:
    rows = session.scalars(select(ProfilesRow).filter_by(run_id=run_id))
    return {row.number: unpack(row.packed) for row in rows}
