"""The tables, one class each. Their history is in migrations/; `alembic check` says whether the two agree."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    String,
    false,
)
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from core.queue import LOCAL
from store.columns import BY_CHARACTER, SERIAL, FreeText, Moment, Real

WORD = String(32)
"""One of a few words of core."""


def _candidate(on: str = "number") -> ForeignKeyConstraint:
    columns, candidate = ["run_id", on], ["candidates.run_id", "candidates.number"]
    return ForeignKeyConstraint(columns, candidate, ondelete="CASCADE")


class Table(DeclarativeBase):
    """Names for all constraints, so that migrations can speak of them, and types that keep every value."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        str: FreeText,
        int: BigInteger,
        float: Real,
        datetime: Moment,
        Mapping[str, Any]: JSON,
        bytes: LargeBinary,
    }


class RunRow(Table):
    """A run as submitted, and its state."""

    __tablename__ = "runs"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(WORD)
    repository: Mapped[str]
    """Also in `problem`; here for lists of runs."""
    problem: Mapped[Mapping[str, Any]]
    backends: Mapped[Mapping[str, Any]]
    budget: Mapped[Mapping[str, Any]]
    seed: Mapped[int]
    created_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(WORD)
    error: Mapped[str]
    stopped_by: Mapped[str]
    judged_patch: Mapped[str] = mapped_column(deferred=True)
    """May be megabytes, so that it is read only where it is asked for: a lease and a line of a list are not its place."""
    name: Mapped[str] = mapped_column(BY_CHARACTER, server_default="")
    """The repository's short name, for searches by how it begins."""
    speedup: Mapped[float | None]
    """Of the winner, as in its confirmation: for lists. The interval is from `speedup_low` to `speedup_high`."""
    speedup_low: Mapped[float | None]
    speedup_high: Mapped[float | None]

    owner: Mapped[str] = mapped_column(server_default=LOCAL)
    priority: Mapped[int] = mapped_column(server_default="0")
    key: Mapped[str | None]
    fingerprint: Mapped[str] = mapped_column(server_default="")
    batch: Mapped[str] = mapped_column(server_default="")
    machines: Mapped[int] = mapped_column(server_default="1")
    """How many may evaluate its candidates at a time."""
    queued_at: Mapped[datetime | None]
    """Null: not for workers, but worked on by the command that made it."""
    nudged_at: Mapped[datetime | None]
    """When a message about it was sent last."""
    claimed_by: Mapped[str] = mapped_column(server_default="")
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    cancel_asked: Mapped[bool] = mapped_column(server_default=false())
    stage: Mapped[str] = mapped_column(server_default="")
    progress: Mapped[str] = mapped_column(server_default="")
    machine: Mapped[str] = mapped_column(server_default="")
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    imported: Mapped[bool] = mapped_column(server_default=false())
    """Whether it came in a bundle, for reading only: what it would execute is somebody else's word."""

    __table_args__ = (
        Index(None, "created_at", "id"),
        Index(None, "status", "created_at", "id"),
        Index(None, "owner", "created_at", "id"),
        Index(None, "repository", "created_at", "id"),
        Index(None, "name", "created_at", "id"),
        Index(None, "batch", "created_at", "id"),
        Index(None, "speedup", "id"),
        Index(None, "owner", "speedup", "id"),
        Index(None, "status", "owner", "priority", "queued_at"),
        Index(None, "owner", "started_at"),
        Index(None, "owner", "ended_at"),
        Index(None, "status", "ended_at"),
        Index(None, "owner", "key", unique=True),
    )


class CandidateRow(Table):
    """A candidate as proposed."""

    __tablename__ = "candidates"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    parent: Mapped[int | None]
    patch: Mapped[str]
    rationale: Mapped[str]
    direction: Mapped[str]
    proposer: Mapped[str]
    problem: Mapped[str]
    spent_candidates: Mapped[int]
    spent_tokens: Mapped[int]
    spent_dollars: Mapped[float]
    spent_seconds: Mapped[float]

    __table_args__ = (_candidate("parent"), Index(None, "run_id", "parent"))


class EvaluationRow(Table):
    """One evaluation of a candidate, in the search or as confirmation, with the decision that it led to."""

    __tablename__ = "evaluations"

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    run_id: Mapped[str]
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(WORD)
    seconds: Mapped[float]
    verdict: Mapped[str] = mapped_column(WORD)
    reason: Mapped[str]
    speedup: Mapped[float | None]
    """The estimate; the interval is from `speedup_low` to `speedup_high`."""
    speedup_low: Mapped[float | None]
    speedup_high: Mapped[float | None]
    by_workload: Mapped[Mapping[str, Any]]
    machine: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (_candidate(), Unique("run_id", "number", "kind"))


class CheckRow(Table):
    """What one check saw, or the failure that ended the evaluation."""

    __tablename__ = "checks"

    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluations.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    role: Mapped[str] = mapped_column(WORD)
    name: Mapped[str]
    passed: Mapped[bool]
    reason: Mapped[str]
    verdict: Mapped[str | None] = mapped_column(WORD)
    witness: Mapped[str] = mapped_column(server_default="")


class TimingRow(Table):
    """One workload of an evaluation; its samples are in their own table."""

    __tablename__ = "timings"

    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluations.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    role: Mapped[str] = mapped_column(WORD, server_default="workload")
    """Whether it counts for the speedup, or is a replay of calls."""
    workload: Mapped[str]
    loops: Mapped[int]


class SampleRow(Table):
    """One raw sample: one side of one pair."""

    __tablename__ = "samples"

    evaluation_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    timing: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    pair: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    side: Mapped[str] = mapped_column(WORD, primary_key=True)
    taken_first: Mapped[bool]
    """Whether it was the first of its pair."""
    wall_seconds: Mapped[float]
    cpu_seconds: Mapped[float]
    memory_bytes: Mapped[int]
    instructions: Mapped[int | None]
    uncounted: Mapped[int] = mapped_column(server_default="0")
    reported: Mapped[float | None]

    __table_args__ = (
        ForeignKeyConstraint(
            ["evaluation_id", "timing"], ["timings.evaluation_id", "timings.position"], ondelete="CASCADE"
        ),
    )


class ProfilesRow(Table):
    """The profiles of a candidate, packed."""

    __tablename__ = "profiles"

    run_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    packed: Mapped[bytes]

    __table_args__ = (_candidate(),)


class ModelCallRow(Table):
    """One question to a language model and its answer. The candidate that it was asked for may never come to be."""

    __tablename__ = "model_calls"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    candidate: Mapped[int]
    purpose: Mapped[str]
    model: Mapped[str]
    prompt: Mapped[str] = mapped_column(default="")
    """Of a release that had no transcripts; empty since, as is the answer."""
    answer: Mapped[str] = mapped_column(default="")
    error: Mapped[str]
    input_tokens: Mapped[int]
    output_tokens: Mapped[int]
    dollars: Mapped[float]
    seconds: Mapped[float]
    asked_at: Mapped[datetime]

    __table_args__ = (
        Index(None, "run_id", "candidate"),
        # Sums over a day's or a run's calls need not walk through the table.
        Index(None, "asked_at", "dollars", "input_tokens", "output_tokens"),
        Index(None, "run_id", "asked_at", "dollars", "input_tokens", "output_tokens"),
    )


class TranscriptRow(Table):
    """The words of a question and its answer, packed: by far the most of a call, and read one at a time."""

    __tablename__ = "transcripts"

    run_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    packed: Mapped[bytes]

    __table_args__ = (
        ForeignKeyConstraint(["run_id", "key"], ["model_calls.run_id", "model_calls.key"], ondelete="CASCADE"),
    )


class LogRow(Table):
    """One line of what a run said while it was worked on."""

    __tablename__ = "log_entries"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    stage: Mapped[str]
    message: Mapped[str]


class HintRow(Table):
    """What a person says to a search."""

    __tablename__ = "hints"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    author: Mapped[str]
    text: Mapped[str]
