"""The tables, one class each. Their history is in migrations/; `alembic check` says whether the two agree."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, ForeignKey, ForeignKeyConstraint, Index, Integer, LargeBinary, MetaData, String
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeEngine

from store.columns import FreeText, Moment, Real

_WORD = String(32)
"""One of a few words of core."""
_SERIAL: TypeEngine[int] = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column that is called INTEGER."""


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
    kind: Mapped[str] = mapped_column(_WORD)
    repository: Mapped[str]
    """Also in `problem`; here for lists of runs."""
    problem: Mapped[Mapping[str, Any]]
    backends: Mapped[Mapping[str, Any]]
    budget: Mapped[Mapping[str, Any]]
    seed: Mapped[int]
    created_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(_WORD)
    error: Mapped[str]
    stopped_by: Mapped[str]
    judged_patch: Mapped[str]

    __table_args__ = (Index(None, "created_at", "id"),)


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

    id: Mapped[int] = mapped_column(_SERIAL, primary_key=True)
    run_id: Mapped[str]
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(_WORD)
    seconds: Mapped[float]
    verdict: Mapped[str] = mapped_column(_WORD)
    reason: Mapped[str]
    speedup: Mapped[float | None]
    """The estimate; the interval is from `speedup_low` to `speedup_high`."""
    speedup_low: Mapped[float | None]
    speedup_high: Mapped[float | None]
    by_workload: Mapped[Mapping[str, Any]]

    __table_args__ = (_candidate(), Unique("run_id", "number", "kind"))


class CheckRow(Table):
    """What one check saw, or the failure that ended the evaluation."""

    __tablename__ = "checks"

    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluations.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    role: Mapped[str] = mapped_column(_WORD)
    name: Mapped[str]
    passed: Mapped[bool]
    reason: Mapped[str]
    verdict: Mapped[str | None] = mapped_column(_WORD)
    witness: Mapped[str] = mapped_column(server_default="")


class TimingRow(Table):
    """One workload of an evaluation; its samples are in their own table."""

    __tablename__ = "timings"

    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluations.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    role: Mapped[str] = mapped_column(_WORD, server_default="workload")
    """Whether it counts for the speedup, or is a replay of calls."""
    workload: Mapped[str]
    loops: Mapped[int]


class SampleRow(Table):
    """One raw sample: one side of one pair."""

    __tablename__ = "samples"

    evaluation_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    timing: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    pair: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    side: Mapped[str] = mapped_column(_WORD, primary_key=True)
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
    prompt: Mapped[str]
    answer: Mapped[str]
    error: Mapped[str]
    input_tokens: Mapped[int]
    output_tokens: Mapped[int]
    dollars: Mapped[float]
    seconds: Mapped[float]
    asked_at: Mapped[datetime]
