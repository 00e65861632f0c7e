"""How much room a run takes in PostgreSQL: copies of a stored run, and the bytes of each table with its indexes.

    python benchmarks/footprint.py DATABASE RUN [--copies 200]

DATABASE is a SQLite file that perfsmith has written, RUN the id of a run in it. The PostgreSQL is one of its own, from the
package pgserver, and is gone afterwards.
"""

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pgserver.postgres_server import get_server
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy import Table as SqlTable

from store.engine import connect
from store.tables import Table
from store.upgrade import upgrade

Row = dict[str, Any]
TABLES = Table.metadata.sorted_tables
SIZES = text("SELECT pg_total_relation_size(CAST(:name AS regclass))")


def rows_of(connection: Connection, run: str) -> dict[str, list[Row]]:
    """All rows of the run, by table."""
    found: dict[str, list[Row]] = {}
    evaluations: list[int] = []
    for table in TABLES:
        if table.name == "runs":
            wanted = table.c.id == run
        elif "run_id" in table.c:
            wanted = table.c.run_id == run
        elif "evaluation_id" in table.c:
            wanted = table.c.evaluation_id.in_(evaluations)
        else:
            continue
        found[table.name] = [dict(row) for row in connection.execute(select(table).where(wanted)).mappings()]
        if table.name == "evaluations":
            evaluations = [row["id"] for row in found["evaluations"]]
    return found


def renamed(table: str, rows: list[Row], copy: int) -> Iterator[Row]:
    """The rows as those of another run."""
    for row in rows:
        moved = dict(row)
        for column in ("run_id", "id") if table == "runs" else ("run_id",):
            if moved.get(column):
                moved[column] = f"{copy:010x}"
        for column in ("evaluation_id", "id") if table == "evaluations" else ("evaluation_id",):
            if column in moved:
                moved[column] += copy * 1_000_000
        if table not in {"runs", "evaluations"}:
            moved.pop("id", None)
        yield moved


def fill(engine: Engine, rows: dict[str, list[Row]], copies: int) -> None:
    with engine.begin() as connection:
        for copy in range(1, copies + 1):
            for table in TABLES:
                if rows.get(table.name):
                    connection.execute(table.insert(), list(renamed(table.name, rows[table.name], copy)))


def size(connection: Connection, table: SqlTable) -> int:
    found = connection.execute(SIZES, {"name": table.name}).scalar_one()
    return int(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database", type=Path)
    parser.add_argument("run")
    parser.add_argument("--copies", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder, "copy.db")
        shutil.copyfile(given.database, own)
        upgrade(f"sqlite:///{own}")
        engine = connect(f"sqlite:///{own}")
        with engine.connect() as connection:
            rows = rows_of(connection, given.run)
        engine.dispose()
        url = get_server(Path(folder, "postgres")).get_uri().replace("postgresql://", "postgresql+psycopg://")
        report(url, rows, given.copies)


def report(url: str, rows: dict[str, list[Row]], copies: int) -> None:
    upgrade(url)
    engine = connect(url)
    with engine.connect() as connection:
        empty = {table.name: size(connection, table) for table in TABLES}
    fill(engine, rows, copies)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
        grown = {table.name: (size(connection, table) - empty[table.name]) / copies for table in TABLES}
    engine.dispose()
    print("| table | rows of the run | bytes of the run |\n| --- | --- | --- |")
    for name in sorted(grown, key=lambda name: -grown[name]):
        if rows.get(name):
            print(f"| {name} | {len(rows[name])} | {grown[name]:,.0f} |")
    total, candidates = sum(grown.values()), len(rows["candidates"])
    print(f"| all | | {total:,.0f}: {total / candidates:,.0f} for each of {candidates} candidates |")


if __name__ == "__main__":
    main()
