"""The results of a batch as one table: JSONL, CSV or Parquet, written whole or not at all."""

import csv
import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import ConfigError, StoreError
from core.run import RunStatus
from worker.batch.rows import Row
from worker.report.machine import strict_object
from worker.result import Result

SUFFIXES = (".jsonl", ".csv", ".parquet")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet would calculate."""
_KINDS: Mapping[str, str] = {
    "line": "int64",
    "name": "string",
    "repository": "string",
    "ref": "string",
    "digest": "string",
    "run_id": "string",
    "kind": "string",
    "status": "string",
    "verdict": "string",
    "reason": "string",
    "objective": "string",
    "speedup": "float64",
    "low": "float64",
    "high": "float64",
    "candidates": "int64",
    "tokens": "int64",
    "dollars": "float64",
    "seconds": "float64",
    "look_at": "string",
    "error": "string",
    "patch": "string",
}
COLUMNS = tuple(_KINDS)


@dataclass(frozen=True, kw_only=True)
class Ended:
    """What became of one row: a run that is over, or the reason why there is none."""

    row: Row
    result: Result | None
    refusal: str = ""

    @property
    def is_good(self) -> bool:
        """Whether its run came to its own end."""
        return self.result is not None and self.result.status is RunStatus.FINISHED


def require_place(path: Path) -> None:
    """ConfigError when no results could be written to `path` after hours of work."""
    if path.suffix not in SUFFIXES:
        raise ConfigError(f"--output must end with {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}; this is {path}")
    if not path.parent.is_dir():
        raise ConfigError(f"--output {path}: there is no folder {path.parent}")
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise ConfigError(f"--output {path} can't be written")


def write_results(path: Path, ended: Sequence[Ended]) -> None:
    """The table of `ended` in the form that the suffix names; StoreError when it can't be written."""
    found = [_cells(each) for each in ended]
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(_encoded(path.suffix, found))
        part.replace(path)
    except OSError as error:
        raise StoreError(f"the results can't be written to {path}: {error.strerror}") from error


def _encoded(suffix: str, found: Sequence[Mapping[str, object]]) -> bytes:
    if suffix == ".parquet":
        return _parquet(found)
    if suffix == ".csv":
        return _csv(found)
    return "".join(json.dumps(cells, allow_nan=False) + "\n" for cells in found).encode()


def _cells(ended: Ended) -> dict[str, object]:
    row, result = ended.row, ended.result
    about: dict[str, object] = {"line": row.line, "name": row.name, "repository": row.request.repository}
    about |= {"ref": row.request.ref, "digest": row.digest}
    if result is None:
        about |= {"status": RunStatus.FAILED, "reason": ended.refusal, "error": ended.refusal}
    else:
        about |= {name: getattr(result, name) for name in COLUMNS if hasattr(result, name)}
        speedup = result.speedup
        about |= {
            "speedup": speedup and speedup.estimate,
            "low": speedup and speedup.low,
            "high": speedup and speedup.high,
        }
        about |= {"look_at": "; ".join(result.look_at)}
    return strict_object({name: about.get(name) for name in COLUMNS})


def _csv(found: Sequence[Mapping[str, object]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _harmless(cell) for name, cell in cells.items()} for cells in found)
    return text.getvalue().encode()


def _harmless(cell: object) -> object:
    """A text that a spreadsheet would take for a formula begins with an apostrophe, which makes it a text there."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(_FORMULA) else cell


def _parquet(found: Sequence[Mapping[str, object]]) -> bytes:
    # Arrow takes half a second to import, which only this form should wait for.
    import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415 - and it has no types
    from pyarrow import parquet  # noqa: PLC0415 - as above

    schema: Any = pa.schema([(name, getattr(pa, kind)()) for name, kind in _KINDS.items()])
    content = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist([dict(cells) for cells in found], schema=schema), content)
    return content.getvalue()
