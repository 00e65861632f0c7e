"""Lines of lists: what a run and a candidate are without their samples."""

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, SQLColumnExpression, Subquery, and_, func, select
from sqlalchemy.orm import aliased

from core.candidate import MINIMISER, Verdict
from core.listing import CandidateSummary
from core.run import RunKind, RunStatus, RunSummary
from core.spend import Spend
from store.forms import problem_of
from store.history import CONFIRMATION, SEARCH
from store.loading import speedup_of
from store.tables import CandidateRow, EvaluationRow, ModelCallRow, RunRow


def newest_first() -> Select[*tuple[Any, ...]]:
    """One row for each run, the newest first."""
    return run_lines().order_by(RunRow.created_at.desc(), RunRow.id.desc())


def run_lines() -> Select[*tuple[Any, ...]]:
    """Runs with what is counted for each; what is counted for a run does not depend on how many others there are."""
    counted = (CandidateRow.parent.is_not(None), CandidateRow.proposer != MINIMISER)  # as in Candidate.spend
    tried = select(func.count()).where(CandidateRow.run_id == RunRow.id, *counted).scalar_subquery()
    return select(
        RunRow,
        tried.label("candidates"),
        _sum_of_calls(ModelCallRow.input_tokens + ModelCallRow.output_tokens).label("tokens"),
        _sum_of_calls(ModelCallRow.dollars).label("dollars"),
    )


def _sum_of_calls(value: SQLColumnExpression[Any]) -> ColumnElement[Any]:
    return select(func.coalesce(func.sum(value), 0)).where(ModelCallRow.run_id == RunRow.id).scalar_subquery()


def summary_of(row: Row[*tuple[Any, ...]]) -> RunSummary:
    """The line of a row of `run_lines`."""
    run: RunRow = row.RunRow
    problem = problem_of(run.problem)
    return RunSummary(
        id=run.id,
        kind=RunKind(run.kind),
        status=RunStatus(run.status),
        repository=run.repository,
        created_at=run.created_at,
        candidates=row.candidates,
        speedup=speedup_of(run.speedup, run.speedup_low, run.speedup_high),
        objective=problem.objective,
        revision=problem.revision,
        owner=run.owner,
        batch=run.batch,
        error=run.error,
        stopped_by=run.stopped_by,
        stage=run.stage,
        progress=run.progress,
        tokens=int(row.tokens),
        dollars=float(row.dollars),
        machine=run.machine,
        is_imported=run.imported,
        waits=run.queued_at is not None,
        started_at=run.started_at,
        ended_at=run.ended_at,
    )


_LINE = (
    CandidateRow.run_id,
    CandidateRow.number,
    CandidateRow.parent,
    CandidateRow.proposer,
    CandidateRow.direction,
    CandidateRow.spent_candidates,
    CandidateRow.spent_tokens,
    CandidateRow.spent_dollars,
    CandidateRow.spent_seconds,
)
"""What a line says of a candidate: its patch and what its proposer wrote are by far the most of a row."""


def candidate_lines(run_id: str, *, after: int, limit: int) -> Select[*tuple[Any, ...]]:
    """Candidates by number, each with the decision of its search and that of its confirmation."""
    some = (
        select(*_LINE)
        .where(CandidateRow.run_id == run_id, CandidateRow.number > after)
        .order_by(CandidateRow.number)
        .limit(limit)
        .subquery()
    )
    search, confirmation = (_of_kind(kind, some) for kind in (SEARCH, CONFIRMATION))
    return select(some, search[0], confirmation[0]).outerjoin(*search).outerjoin(*confirmation).order_by(some.c.number)


def _of_kind(kind: str, some: Subquery) -> tuple[type[EvaluationRow], ColumnElement[bool]]:
    evaluation = aliased(EvaluationRow, name=kind)
    same = (evaluation.run_id == some.c.run_id, evaluation.number == some.c.number)
    return evaluation, and_(*same, evaluation.kind == kind)


def candidate_summary_of(row: Row[*tuple[Any, ...]]) -> CandidateSummary:
    """The line of a row of `candidate_lines`."""
    search, confirmation = row[-2:]
    final = confirmation or search
    measured = sum(each.seconds for each in (search, confirmation) if each is not None)
    spent = Spend(
        candidates=row.spent_candidates + (row.parent is not None and row.proposer != MINIMISER),
        tokens=row.spent_tokens,
        dollars=row.spent_dollars,
        seconds=row.spent_seconds + measured,
    )
    return CandidateSummary(
        number=row.number,
        parent=row.parent,
        proposer=row.proposer,
        direction=row.direction,
        verdict=None if final is None else Verdict(final.verdict),
        reason="" if final is None else final.reason,
        speedup=None if final is None else speedup_of(final.speedup, final.speedup_low, final.speedup_high),
        spend=spent,
    )
