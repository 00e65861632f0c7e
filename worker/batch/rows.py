"""Reads a batch: one problem a line, as JSON or CSV, every value checked before the first run starts."""

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.errors import ConfigError
from core.problem import Generality, Objective
from core.queue import LEAST_PRIORITY, MOST_MACHINES, MOST_PRIORITY
from core.spend import Budget
from worker.options import refuse_stray, specs
from worker.problem.settings import Flags
from worker.problem.values import did_you_mean, shown
from worker.submit import Request

MOST_LINES = 10_000
MOST_BYTES = 64 << 20
_TEXTS = ("name", "repository", "ref", "tests", "output", "sandbox", "strategy", "patch")
_LISTS = ("editable", "workload", "setup", "proposer", "option")
_WHOLE = ("candidates", "tokens", "seed", "priority", "machines")
_NUMBERS = ("min_speedup", "timeout", "dollars", "seconds")
_CHOICES: Mapping[str, type[StrEnum]] = {"objective": Objective, "generalise": Generality}
COLUMNS = (*_TEXTS, *_LISTS, *_WHOLE, *_NUMBERS, *_CHOICES)
_SUFFIXES = (".jsonl", ".csv")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a batch."""

    line: int
    """Where it stands in the file, from 1; a CSV's line 1 is its header."""
    name: str
    """As given, else the repository."""
    digest: str
    """Of what the line says: the same line has the same digest in the next attempt, and no other line has it."""
    request: Request
    priority: int
    machines: int


def read_batch(path: Path) -> tuple[Row, ...]:
    """The rows of `path`. ConfigError names the line and the value of the first one that can't be carried out."""
    if path.suffix not in _SUFFIXES:
        raise ConfigError(f"a batch is a file that ends with {' or '.join(_SUFFIXES)}; this is {path}")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"the batch {path} can't be read: {error.strerror}") from error
    if len(content) > MOST_BYTES:
        raise ConfigError(f"the batch {path} is larger than {MOST_BYTES} bytes; split it")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"the batch {path} is no UTF-8 text: {error.reason} at byte {error.start}") from error
    lines = list(_of_csv(text, path) if path.suffix == ".csv" else _of_json(text, path))
    if not lines:
        raise ConfigError(f"the batch {path} has no lines")
    if len(lines) > MOST_LINES:
        raise ConfigError(f"the batch {path} has {len(lines)} lines; at most {MOST_LINES} are taken")
    seen: Counter[str] = Counter()
    return tuple(_row(number, values, path, seen) for number, values in lines)


def _of_json(text: str, path: Path) -> Iterator[tuple[int, Mapping[str, object]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise ConfigError(f"{path}, line {number}: no JSON: {error}") from error
        if not isinstance(values, dict):
            raise ConfigError(f'{path}, line {number}: {shown(values)} is no object; write {{"repository": …}}')
        yield number, {name: value for name, value in values.items() if value is not None}


def _of_csv(text: str, path: Path) -> Iterator[tuple[int, Mapping[str, object]]]:
    """A cell that is empty says nothing; in a cell of several values each has a line of its own."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        twice = [name for name, times in Counter(header).items() if times > 1]
        if twice:
            raise ConfigError(f"{path}, line 1: the column {shown(twice[0])} is there twice")
        for cells in reader:
            if not any(cells):
                continue
            if len(cells) != len(header):
                raise ConfigError(f"{path}, line {reader.line_num}: {len(cells)} cells under {len(header)} columns")
            yield reader.line_num, {name: _cell(name, cell) for name, cell in zip(header, cells, strict=True) if cell}
    except csv.Error as error:
        raise ConfigError(f"{path}, line {reader.line_num}: {error}") from error


def _cell(name: str, cell: str) -> object:
    if name in _LISTS:
        return [line for line in cell.splitlines() if line.strip()]
    if name not in (*_WHOLE, *_NUMBERS):
        return cell
    try:
        return int(cell) if name in _WHOLE else float(cell)
    except ValueError:
        return cell


def _row(number: int, values: Mapping[str, object], path: Path, seen: Counter[str]) -> Row:
    try:
        _require_columns(values)
        machines = _machines(values)
        request = _request(values, path.parent)
    except ConfigError as error:
        raise ConfigError(f"{path}, line {number}: {error}") from error
    said = json.dumps([values, request.patch], sort_keys=True, default=str)
    seen[said] += 1
    digest = hashlib.sha256(f"{seen[said]}\n{said}".encode("utf-8", "surrogateescape")).hexdigest()[:32]
    name = str(values.get("name") or values["repository"])
    return Row(
        line=number,
        name=name,
        digest=digest,
        request=request,
        priority=_priority(values),
        machines=machines,
    )


def _require_columns(values: Mapping[str, object]) -> None:
    for name, value in values.items():
        if name not in COLUMNS:
            meant = did_you_mean(name, list(COLUMNS))
            raise ConfigError(f"unknown column {shown(name)}{meant}; known: {', '.join(COLUMNS)}")
        _require_type(name, value)
    if not values.get("repository"):
        raise ConfigError("the column repository is missing or empty; give a path or a URL")


def _require_type(name: str, value: object) -> None:
    if name in _LISTS:
        good = isinstance(value, str) or (isinstance(value, list) and all(isinstance(each, str) for each in value))
        wanted = "a text or a list of texts"
    elif name in (*_WHOLE, *_NUMBERS):
        kinds = int if name in _WHOLE else (int, float)
        good = isinstance(value, kinds) and not isinstance(value, bool) and 0 <= float(value) < float("inf")
        wanted = f"a {'whole ' if name in _WHOLE else ''}number that is not negative"
    elif name in _CHOICES:
        good = value in list(_CHOICES[name])
        wanted = " or ".join(_CHOICES[name])
    else:
        good, wanted = isinstance(value, str), "a text"
    if not good:
        raise ConfigError(f"{name} is {shown(value)}; it must be {wanted}")


def _priority(values: Mapping[str, object]) -> int:
    return int(str(values.get("priority", LEAST_PRIORITY)))


def _machines(values: Mapping[str, object]) -> int:
    machines = int(str(values.get("machines", 1)))
    if not 1 <= machines <= MOST_MACHINES:
        raise ConfigError(f"machines is {machines}; it must be from 1 to {MOST_MACHINES}")
    if machines > 1 and values.get("patch") is not None:
        raise ConfigError("a patch is judged on one machine; leave machines out")
    return machines


def _request(values: Mapping[str, object], folder: Path) -> Request:
    if _priority(values) > MOST_PRIORITY:
        raise ConfigError(f"priority is {values['priority']}; it must be from {LEAST_PRIORITY} to {MOST_PRIORITY}")
    patch = values.get("patch")
    proposers = _texts(values.get("proposer"))
    limits = {name: values.get(name) for name in ("candidates", "dollars", "tokens", "seconds")}
    if patch is not None and (proposers or any(limit is not None for limit in limits.values())):
        raise ConfigError("a patch is judged: nobody proposes and nothing is spent; leave proposer and budget out")
    sandbox, strategy = str(values.get("sandbox", "bubblewrap")), str(values.get("strategy", "greedy"))
    names, options = (sandbox, strategy, *proposers), _texts(values.get("option"))
    refuse_stray(options, names)
    backends = specs(names, options)
    return Request(
        repository=str(values["repository"]),
        ref=values.get("ref"),  # type: ignore[arg-type]  # its type was looked at
        flags=_flags(values),
        sandbox=backends[0],
        strategy=backends[1],
        proposers=backends[2:],
        budget=Budget(**limits),  # type: ignore[arg-type]  # as above
        seed=values.get("seed"),  # type: ignore[arg-type]  # as above
        patch=None if patch is None else _read_patch(folder / str(patch)),
    )


def _flags(values: Mapping[str, object]) -> Flags:
    plain = ("tests", "output", "objective", "min_speedup", "timeout", "generalise")
    lists = {name: _texts(values[name]) for name in ("editable", "workload", "setup") if name in values}
    given = {name: values[name] for name in plain if name in values} | lists
    return Flags(**given)  # type: ignore[arg-type]  # as above


def _texts(value: object) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else [str(each) for each in value]  # type: ignore[attr-defined]  # a list


def _read_patch(path: Path) -> str:
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        raise ConfigError(f"the patch {path} can't be read: {getattr(error, 'strerror', None) or error}") from error
    if not content.strip():
        raise ConfigError(f"the patch {path} is empty")
    return content.decode("utf-8", "surrogateescape")
