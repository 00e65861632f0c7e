"""The store in a SQL database: SQLite on one machine, PostgreSQL for a team."""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Select, func, insert, select, update
from sqlalchemy.orm import Session, aliased

from core.candidate import MINIMISER, Verdict
from core.errors import ConfigError, StoreError
from core.run import Record, Run, RunKind, RunStatus, RunSummary
from core.spend import Budget
from store.engine import connect, reading, writing
from store.escaping import escape
from store.failures import place_of
from store.forms import backends_form, budget_form, problem_form
from store.history import SqlHistory
from store.ledger import SqlLedger
from store.loading import record_of, speedup_of
from store.tables import CandidateRow, EvaluationRow, RunRow
from store.upgrade import require_current, upgrade

NAMED_IDS = 5
"""How many ids a message names."""


@dataclass(frozen=True, kw_only=True)
class SqlStore:
    """All runs in one database, whose tables are this release's. Threads may share it."""

    engine: Engine

    @classmethod
    @contextmanager
    def open(cls, url: str, *, upgrades: bool = True) -> Iterator["SqlStore"]:
        """The store at `url`, created or upgraded where needed unless that is left to `perfsmith migrate`; its connections
        are closed when the context ends. ConfigError when the URL can't be used, StoreError when the database can't.
        """
        (upgrade if upgrades else require_current)(url)
        engine = connect(url)
        try:
            yield cls(engine=engine)
        finally:
            engine.dispose()

    def create(self, run: Run) -> None:
        """Record a new run; StoreError when its id is taken."""
        row = _run_row(run)
        with writing(self.engine, refused=f"run {run.id} is stored already") as session:
            session.execute(insert(RunRow).values(**row))

    def load(self, run_id: str) -> Record:
        """Everything about the run; `run_id` may be the start of an id. ConfigError when no run or several match."""
        with self._understood(run_id), reading(self.engine) as session:
            return record_of(session, _find(session, run_id))

    def recent(self, limit: int) -> list[RunSummary]:
        """The newest runs first."""
        with self._understood("the list of runs"), reading(self.engine) as session:
            return [_summary_of(row) for row in session.execute(_summaries().limit(limit))]

    def transition(self, run_id: str, status: RunStatus, *, error: str = "", stopped_by: str = "") -> None:
        """The run's new status with its reason; StoreError when there is no such run."""
        self._change(run_id, status=status.value, error=error, stopped_by=stopped_by)

    def grant(self, run_id: str, budget: Budget) -> None:
        """The run's new budget; StoreError when there is no such run."""
        self._change(run_id, budget=budget_form(budget))

    def ledger(self, run_id: str) -> SqlLedger:
        """The run's memory of model calls."""
        return SqlLedger(engine=self.engine, run_id=run_id)

    def history(self, run_id: str) -> SqlHistory:
        """Where the run's candidates are written."""
        return SqlHistory(engine=self.engine, run_id=run_id)

    def _change(self, run_id: str, **values: object) -> None:
        with writing(self.engine, refused=f"run {run_id} can't be changed") as session:
            changed = session.scalars(update(RunRow).filter_by(id=run_id).values(**values).returning(RunRow.id)).all()
        if not changed:
            raise StoreError(f"{place_of(self.engine.url)}: there is no run {run_id} to change")

    @contextmanager
    def _understood(self, what: str) -> Iterator[None]:
        """StoreError for stored words and forms that this release doesn't know."""
        try:
            yield
        except (ValueError, LookupError, TypeError, zlib.error) as error:
            place = place_of(self.engine.url)
            raise StoreError(
                f"{place}: {what} holds something this release of perfsmith can't read: {error}"
            ) from error


def _run_row(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "kind": run.kind.value,
        "repository": run.problem.repository,
        "problem": problem_form(run.problem),
        "backends": backends_form(run.backends),
        "budget": budget_form(run.budget),
        "seed": run.seed,
        "created_at": run.created_at,
        "status": run.status.value,
        "error": run.error,
        "stopped_by": run.stopped_by,
        "judged_patch": run.judged_patch,
    }


def _find(session: Session, start: str) -> RunRow:
    """The run whose id is `start`, else the only one whose id begins with it."""
    exact = session.get(RunRow, start)
    if exact:
        return exact
    newest = select(RunRow).order_by(RunRow.created_at.desc(), RunRow.id.desc()).limit(NAMED_IDS)
    begins = func.substr(RunRow.id, 1, len(escape(start))) == escape(start)
    found = session.scalars(newest.where(begins)).all()
    if len(found) == 1:
        return found[0]
    if found:
        raise ConfigError(f"several runs begin with {start!r}: {_ids(found)}; give more of the id")
    raise ConfigError(f"there is no run {start!r}; {_known(session.scalars(newest).all())}")


def _known(newest: Sequence[RunRow]) -> str:
    return f"the newest are {_ids(newest)}" if newest else "the store holds no runs yet"


def _ids(rows: Sequence[RunRow]) -> str:
    return ", ".join(row.id for row in rows)


def _summaries() -> Select[Any]:
    """One row for each run, newest first, with the number of its candidates and the speedup of its winner."""
    counted = (CandidateRow.parent.is_not(None), CandidateRow.proposer != MINIMISER)  # as in Candidate.spend
    tried = select(func.count()).where(CandidateRow.run_id == RunRow.id, *counted)
    confirmed = aliased(EvaluationRow)
    winner = (
        select(confirmed.id)
        .where(confirmed.run_id == RunRow.id, confirmed.verdict == Verdict.CONFIRMED.value)
        .order_by(confirmed.number, confirmed.kind)
        .limit(1)
    )
    return (
        select(
            RunRow.id,
            RunRow.kind,
            RunRow.status,
            RunRow.repository,
            RunRow.created_at,
            tried.scalar_subquery().label("candidates"),
            EvaluationRow.speedup,
            EvaluationRow.speedup_low,
            EvaluationRow.speedup_high,
        )
        .outerjoin(EvaluationRow, EvaluationRow.id == winner.scalar_subquery())
        .order_by(RunRow.created_at.desc(), RunRow.id.desc())
    )


def _summary_of(row: Any) -> RunSummary:
    return RunSummary(
        id=row.id,
        kind=RunKind(row.kind),
        status=RunStatus(row.status),
        repository=row.repository,
        created_at=row.created_at,
        candidates=row.candidates,
        speedup=speedup_of(row.speedup, row.speedup_low, row.speedup_high),
    )
