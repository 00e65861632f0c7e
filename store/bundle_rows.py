"""The rows of a bundle, and how they get into the tables again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

from sqlalchemy import Column, insert, inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.errors import ConfigError
from store.bundle_values import read
from store.forms import problem_of
from store.tables import CandidateRow, EvaluationRow, RunRow, Table

OF_THE_QUEUE = {
    "key",
    "fingerprint",
    "machines",
    "nudged_at",
    "claimed_by",
    "lease_until",
    "attempts",
    "cancel_asked",
    "imported",
}
"""What says something about the store that a run was in."""
DERIVED = {"repository", "name", "speedup", "speedup_low", "speedup_high"}
"""What follows from the run's problem and its candidates."""


def columns_of(table: type[Table]) -> Mapping[str, Column[Any]]:
    """The columns of a table that a bundle has."""
    left_out = OF_THE_QUEUE | DERIVED if table is RunRow else {"run_id"}
    columns = inspect(table).local_table.columns
    return {column.name: column for column in columns if isinstance(column, Column) and column.name not in left_out}


@dataclass(frozen=True, kw_only=True)
class Rows:
    """What a bundle has of one table."""

    values: Sequence[dict[str, Any]]

    @classmethod
    def read(cls, table: type[Table], body: Any) -> "Rows":
        """ConfigError unless all rows have the table's columns and the types of those."""
        columns, name = columns_of(table), table.__tablename__
        if not isinstance(body, dict) or set(body) != {"columns", "rows"} or not isinstance(body["rows"], list):
            raise ConfigError(f"the bundle has no columns and rows of {name}")
        if body["columns"] != list(columns):
            raise ConfigError(f"the bundle has other columns of {name} than this release: {', '.join(columns)}")
        if not all(isinstance(row, list) and len(row) == len(columns) for row in body["rows"]):
            raise ConfigError(f"the bundle has a row of {name} without {len(columns)} values")
        in_order = list(columns.values())
        return cls(
            values=[
                {column.name: read(value, column) for column, value in zip(in_order, row, strict=True)}
                for row in body["rows"]
            ]
        )


def insert_all(session: Session, run_id: str, rows: Mapping[type[Table], Rows]) -> None:
    """Store all rows; ConfigError when they don't belong together."""
    try:
        renumbered: dict[int, int] = {}
        for table, those in rows.items():
            if table is EvaluationRow:
                renumbered = {row["id"]: _insert_evaluation(session, run_id, row) for row in those.values}
            elif those.values:
                session.execute(
                    insert(table), [_placed(table, run_id, row, renumbered) for row in _in_order(table, those)]
                )
        session.flush()
    except IntegrityError as error:
        raise ConfigError(f"the rows of the bundle don't belong together: {error.orig}") from error


def _insert_evaluation(session: Session, run_id: str, row: Mapping[str, Any]) -> int:
    values = {name: value for name, value in row.items() if name != "id"}
    return session.scalars(insert(EvaluationRow).values(run_id=run_id, **values).returning(EvaluationRow.id)).one()


def _placed(table: type[Table], run_id: str, row: dict[str, Any], renumbered: Mapping[int, int]) -> dict[str, Any]:
    """The row with all of its columns, as this store has them."""
    if table is RunRow:
        problem = problem_of(row["problem"])
        return {**row, "repository": problem.repository, "name": problem.title.lower(), "imported": True}
    if "evaluation_id" in row:
        return {**row, "evaluation_id": renumbered[row["evaluation_id"]]}
    return {**row, "run_id": run_id}


def _in_order(table: type[Table], rows: Rows) -> Sequence[dict[str, Any]]:
    """Candidates come after their parents; ValueError where there is no such order."""
    if table is not CandidateRow:
        return rows.values
    parents = {row["number"]: {row["parent"]} - {None} for row in rows.values}
    places = {number: place for place, number in enumerate(TopologicalSorter(parents).static_order())}
    return sorted(rows.values, key=lambda row: places[row["number"]])
