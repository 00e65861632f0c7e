"""One run as a file that another store takes in.

A bundle is a gzip of one JSON object: `format`, a number, and `bundle`, an object with an entry for each of TABLES:
`columns`, their names, and `rows`, lists of as many values, written as in `store.bundle_values`. The run's id stands in
`runs` only; an evaluation's number means something within its bundle only. What follows from the rest stays behind, and so
do the run's archive and how it stood in its queue. Format 1 is the first.

A bundle may come from anybody: it is held to a limit of size, to the tables' own columns and types, and in the end to what
this release can load. Nothing in it is executed, and an imported run can't be taken up again.
"""

import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.errors import ConfigError, StoreError
from core.run import OVER, Record, RunStatus
from store.bundle_rows import Rows, columns_of, insert_all
from store.bundle_values import written
from store.conforming import conforms
from store.engine import reading, writing
from store.failures import UNREADABLE
from store.finding import find_run
from store.history import show_winner
from store.loading import record_of
from store.tables import (
    CandidateRow,
    CheckRow,
    EvaluationRow,
    HintRow,
    LogRow,
    ModelCallRow,
    ProfilesRow,
    RunRow,
    SampleRow,
    Table,
    TimingRow,
    TranscriptRow,
)
from store.transcripts import unpack

MOST_BYTES = 64 * 1024 * 1024
"""Of a bundle's JSON, and of what is packed in it."""
LONGEST_ID = 64
TABLES: tuple[type[Table], ...] = (
    RunRow,
    CandidateRow,
    EvaluationRow,
    CheckRow,
    TimingRow,
    SampleRow,
    ProfilesRow,
    ModelCallRow,
    TranscriptRow,
    LogRow,
    HintRow,
)
"""Those that a bundle has rows of, each after those that it refers to. Older ones have no transcripts."""
PACKED = (ProfilesRow, TranscriptRow)

_FORMAT = 1
_GZIP = 16 + zlib.MAX_WBITS


def export_run(engine: Engine, run_id: str) -> bytes:
    """The run as a bundle; ConfigError when there is no such run, when it is not over, or too large."""
    with reading(engine) as session:
        run = find_run(session, run_id)
        if RunStatus(run.status) not in OVER:
            raise ConfigError(f"run {run.id} is {run.status}; only a run that is over can be exported")
        mine = select(EvaluationRow.id).where(EvaluationRow.run_id == run.id).order_by(EvaluationRow.id)
        # A bundle says the same wherever it is written: evaluations are numbered in it, not as in this database.
        numbers = {of: number for number, of in enumerate(session.scalars(mine), start=1)}
        body = {table.__tablename__: _rows_of(session, table, run.id, numbers) for table in TABLES}
        packed = [each for table in PACKED for each in session.scalars(select(table.packed).filter_by(run_id=run.id))]
    _bounded(packed)
    text = json.dumps({"format": _FORMAT, "bundle": body}, allow_nan=False, separators=(",", ":")).encode()
    if len(text) > MOST_BYTES:
        raise ConfigError(f"run {run_id} takes {len(text)} bytes; a bundle holds up to {MOST_BYTES}")
    packing = zlib.compressobj(wbits=_GZIP)
    return packing.compress(text) + packing.flush()


def _rows_of(session: Session, table: type[Table], run_id: str, numbers: Mapping[int, int]) -> Mapping[str, Any]:
    columns, all_columns = columns_of(table), table.__table__.columns
    if table is RunRow:
        mine = RunRow.id == run_id
    elif "run_id" in all_columns:
        mine = all_columns["run_id"] == run_id
    else:
        mine = all_columns["evaluation_id"].in_(numbers)
    rows = session.execute(select(*columns.values()).where(mine).order_by(*table.__table__.primary_key))
    reference = "id" if table is EvaluationRow else "evaluation_id"
    return {
        "columns": list(columns),
        "rows": [
            [numbers[value] if name == reference else written(value) for name, value in zip(columns, row, strict=True)]
            for row in rows
        ],
    }


def import_run(engine: Engine, data: bytes) -> str:
    """Store the run in the bundle; its id. ConfigError when it can't be read, or there is a run with its id."""
    body = _unpacked(data)
    rows = {
        table: Rows.read(table, body[table.__tablename__]) if table.__tablename__ in body else Rows(values=())
        for table in TABLES
    }
    run_id = _run_id(rows[RunRow])
    with writing(engine, refused=f"run {run_id} was stored at the same moment") as session:
        if session.get(RunRow, run_id) is not None:
            raise ConfigError(f"there is a run {run_id} already")
        try:
            insert_all(session, run_id, rows)
            _bounded([row["packed"] for table in PACKED for row in rows[table].values])
            for row in rows[TranscriptRow].values:
                unpack(row["packed"])
            record = record_of(session, session.get_one(RunRow, run_id))
        except (*UNREADABLE, StoreError, RecursionError) as error:
            raise ConfigError(f"the bundle holds something this release of perfsmith can't read: {error}") from error
        if not conforms(record, Record):
            raise ConfigError("the bundle holds something of another type than this release of perfsmith reads")
        if record.winner and record.winner.speedup:
            show_winner(session, run_id, record.winner.speedup)
    return run_id


def _unpacked(data: bytes) -> Mapping[str, Any]:
    unpacking = zlib.decompressobj(wbits=_GZIP)
    try:
        text = unpacking.decompress(data, MOST_BYTES)
        if unpacking.unconsumed_tail:
            raise ConfigError(f"the bundle holds more than {MOST_BYTES} bytes")
        if not unpacking.eof or unpacking.unused_data:
            raise ConfigError("the bundle is cut off, or something follows it; export the run again")
        document = json.loads(text, parse_constant=_refuse)
    except (zlib.error, ValueError, RecursionError) as error:
        raise ConfigError(f"this is no bundle of a run: {error}") from error
    if not isinstance(document, dict) or document.get("format") != _FORMAT:
        raise ConfigError(f"this is no bundle of format {_FORMAT}, which is what this release of perfsmith reads")
    body, known = document.get("bundle"), [table.__tablename__ for table in TABLES]
    if not isinstance(body, dict) or sorted({*body, TranscriptRow.__tablename__}) != sorted(known):
        raise ConfigError(f"a bundle has these tables and no others: {', '.join(known)}")
    return body


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _run_id(runs: Rows) -> str:
    """The run's id, which is as perfsmith makes them: it names folders as well."""
    if len(runs.values) != 1:
        raise ConfigError(f"a bundle holds one run, not {len(runs.values)}")
    run_id, status = str(runs.values[0]["id"]), str(runs.values[0]["status"])
    if not 0 < len(run_id) <= LONGEST_ID or set(run_id) - set("0123456789abcdef"):
        raise ConfigError(f"{run_id!r} is no id of a run; it has 1 to {LONGEST_ID} hexadecimal digits")
    if status not in list(OVER):
        raise ConfigError(f"the run is {status!r}; only a run that is over can be imported: {', '.join(OVER)}")
    return run_id


def _bounded(packed: Iterable[bytes]) -> None:
    """ConfigError when few bytes would become many in memory."""
    left = MOST_BYTES
    for each in packed:
        left -= len(zlib.decompressobj().decompress(each, left + 1))
        if left < 0:
            raise ConfigError(f"profiles and transcripts hold more than {MOST_BYTES} bytes, which is what a bundle may")
