"""The tables of the service: who works, who can't, who helps whom, who may come in, what came in from outside."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from store.tables import WORD, Table


class WorkerRow(Table):
    """A worker process, as it last told."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(primary_key=True)
    machine: Mapped[str]
    release: Mapped[str]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    working_on: Mapped[str]
    """The run's id, if any."""


class UnableRow(Table):
    """A machine that is unable to work on a run, as long as no other gets to work on it."""

    __tablename__ = "unable_machines"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    machine: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    rests_until: Mapped[datetime]
    """It is not offered the run before."""
    times: Mapped[int]
    reason: Mapped[str]


class HelperRow(Table):
    """A worker that evaluates candidates of a run that another one holds."""

    __tablename__ = "helpers"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    worker: Mapped[str] = mapped_column(primary_key=True)
    machine: Mapped[str]
    is_ready: Mapped[bool] = mapped_column(server_default=false(), default=False)
    """It has built the environment and seen the baseline."""
    lease_until: Mapped[datetime]


class TakeRow(Table):
    """Who evaluates a candidate, or has done so: it is alive while its worker holds the run or helps it."""

    __tablename__ = "takes"

    run_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    worker: Mapped[str]

    __table_args__ = (
        ForeignKeyConstraint(("run_id", "number"), ("candidates.run_id", "candidates.number"), ondelete="CASCADE"),
    )


class EventRow(Table):
    """An event that a webhook brought, and who attends to it."""

    __tablename__ = "webhook_events"

    id: Mapped[str] = mapped_column(primary_key=True)
    """Of its content. It is kept for good: an event that is sent again is known by it."""
    name: Mapped[str]
    payload: Mapped[str]
    """Empty once it is settled."""
    revision: Mapped[str] = mapped_column(server_default="", default="")
    head: Mapped[str] = mapped_column(server_default="", default="")
    received_at: Mapped[datetime]
    holder: Mapped[str] = mapped_column(server_default="", default="")
    lease_until: Mapped[datetime | None]
    turns: Mapped[int] = mapped_column(server_default="0", default=0)
    settled_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(server_default="", default="")

    __table_args__ = (Index(None, "settled_at", "received_at"),)


class TokenRow(Table):
    """A token by the digest of its secret."""

    __tablename__ = "tokens"

    digest: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    scope: Mapped[str] = mapped_column(WORD)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    requests_per_minute: Mapped[int]
    dollars_per_day: Mapped[float | None]

    __table_args__ = (Index(None, "name"),)


class ArchiveRow(Table):
    """The archive that a run was submitted as: a worker on another machine has no other way to it."""

    __tablename__ = "archives"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    data: Mapped[bytes]
