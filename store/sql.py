"""The store in a SQL database: SQLite on one machine, PostgreSQL for a team."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine, func, insert, select
from sqlalchemy.orm import Session

from core.errors import StoreError
from core.queue import Claim
from core.run import OVER, Record, Run, RunStatus, RunSummary
from core.spend import Budget
from store.bundles import export_run, import_run
from store.catalogue import SqlCatalogue
from store.claims import writing_as
from store.engine import connect, now_of, reading, writing
from store.failures import place_of, understood
from store.finding import find_run
from store.forms import budget_form
from store.helping import SqlHelping
from store.history import SqlHistory
from store.inbox import SqlInbox
from store.keyring import SqlKeyring
from store.ledger import SqlLedger
from store.loading import record_of
from store.pruning import prune
from store.queue import SqlQueue, take_over
from store.rows import run_row
from store.summaries import newest_first, summary_of
from store.tables import LogRow, RunRow
from store.unable import forget_unable
from store.upgrade import require_current, upgrade


@dataclass(frozen=True, kw_only=True)
class SqlStore:
    """All runs in one database, whose tables are this release's. Threads may share it."""

    engine: Engine
    claim: Claim | None = None
    """Given: writes about the run are refused once the claim is another's."""

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
        row = run_row(run)
        with writing(self.engine, refused=f"run {run.id} is stored already") as session:
            session.execute(insert(RunRow).values(**row))

    def load(self, run_id: str) -> Record:
        """Everything about the run; `run_id` may be the start of an id. ConfigError when no run or several match."""
        with self._understood(run_id), reading(self.engine) as session:
            return record_of(session, find_run(session, run_id))

    def recent(self, limit: int) -> list[RunSummary]:
        """The newest runs first."""
        with self._understood("the list of runs"), reading(self.engine) as session:
            return [summary_of(row) for row in session.execute(newest_first().limit(limit))]

    def transition(self, run_id: str, status: RunStatus, *, error: str = "", stopped_by: str = "") -> None:
        """The run's new status with its reason; StoreError when there is no such run."""
        with self._changing(run_id) as (session, row):
            now = now_of(session)
            if status is RunStatus.RUNNING:
                row.started_at, row.ended_at = now, None
                if self.claim is None:
                    take_over(row, now)
            elif status in OVER:
                row.ended_at = now
                forget_unable(session, row.id)
            row.status, row.error, row.stopped_by = status.value, error, stopped_by

    def grant(self, run_id: str, budget: Budget) -> None:
        """The run's new budget; StoreError when there is no such run."""
        with self._changing(run_id) as (_, row):
            row.budget = budget_form(budget)

    def ledger(self, run_id: str) -> SqlLedger:
        """The run's memory of model calls."""
        return SqlLedger(engine=self.engine, run_id=run_id, claim=self.claim)

    def history(self, run_id: str) -> SqlHistory:
        """Where the run's candidates are written."""
        return SqlHistory(engine=self.engine, run_id=run_id, claim=self.claim)

    def held(self, claim: Claim) -> "SqlStore":
        """The store for the holder of `claim`; satisfies `core.service.HeldStore`."""
        return replace(self, claim=claim)

    def say(self, run_id: str, stage: str, message: str) -> None:
        """Add an entry to the run's log."""
        with self._changing(run_id) as (session, _):
            last = session.scalars(select(func.max(LogRow.number)).filter_by(run_id=run_id)).one() or 0
            session.add(LogRow(run_id=run_id, number=last + 1, at=now_of(session), stage=stage, message=message))

    def show_progress(self, run_id: str, stage: str, progress: str) -> None:
        """What the run is doing just now."""
        with self._changing(run_id) as (_, row):
            row.stage, row.progress = stage, progress

    @property
    def queue(self) -> SqlQueue:
        """The runs that wait for workers."""
        return SqlQueue(engine=self.engine)

    @property
    def helping(self) -> SqlHelping:
        """Who helps whose search."""
        return SqlHelping(engine=self.engine)

    @property
    def inbox(self) -> SqlInbox:
        """What a webhook brings."""
        return SqlInbox(engine=self.engine)

    @property
    def catalogue(self) -> SqlCatalogue:
        """What lists and pages read."""
        return SqlCatalogue(engine=self.engine)

    @property
    def keyring(self) -> SqlKeyring:
        """Tokens, and what their owners have spent."""
        return SqlKeyring(engine=self.engine)

    def prune(self, before: datetime) -> int:
        """Delete the runs that ended before this moment, with everything of theirs; how many."""
        return prune(self.engine, before)

    def export_run(self, run_id: str) -> bytes:
        """The run as a file for another store; ConfigError when there is no such run, or it is not over."""
        with self._understood(run_id):
            return export_run(self.engine, run_id)

    def import_run(self, data: bytes) -> str:
        """Store the run that `export_run` made a file of, for reading only; its id. ConfigError when that can't be done."""
        return import_run(self.engine, data)

    @contextmanager
    def _changing(self, run_id: str) -> Iterator[tuple[Session, RunRow]]:
        """The run's locked row; StoreError when there is no such run."""
        with writing_as(self.claim, self.engine, refused=f"run {run_id} can't be changed") as session:
            row = session.scalars(select(RunRow).filter_by(id=run_id).with_for_update()).one_or_none()
            if row is None:
                raise StoreError(f"{place_of(self.engine.url)}: there is no run {run_id} to change")
            yield session, row

    def _understood(self, what: str) -> AbstractContextManager[None]:
        return understood(self.engine.url, what)
