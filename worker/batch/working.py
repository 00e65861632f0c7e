"""Works a batch off on this machine, one run after the other. Started again, it goes on."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigError
from core.run import Record, RunStatus
from worker.backends import resolve
from worker.batch.journal import Journal
from worker.batch.results import Ended, write_results
from worker.batch.rows import Row
from worker.here import Bench, work
from worker.result import result_of
from worker.submit import submit, supplies

_NAME = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_DONE = (RunStatus.FINISHED, RunStatus.FAILED)
"""A cancelled run is taken up again, for it was the batch that was cut off."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Something to tell about a row: what its run is doing, or what became of it."""

    row: Row
    words: str = ""
    ended: Ended | None = None


Told = Callable[[Progress], None]


def require_name(name: str) -> None:
    """ConfigError unless a server takes it for the name of a batch."""
    if not _NAME.fullmatch(name):
        raise ConfigError(f"--name {name!r}: a batch's name has up to 64 letters, digits, and the characters _ . : -")


def require_possible_here(rows: Sequence[Row], bench: Bench, path: Path) -> None:
    """ConfigError for a row that this machine can't work on alone, with the backends it has, before anything is worked on."""
    for row in rows:
        request = row.request
        specs = (("sandbox", request.sandbox), ("strategy", request.strategy))
        if row.machines > 1:
            alone = f"machines is {row.machines}, but without --server this machine works alone"
            raise ConfigError(f"{path}, line {row.line}: {alone}")
        try:
            for kind, spec in (*specs, *(("proposer", spec) for spec in request.proposers)):
                if spec.name != "openai":  # its model may be a setting of this machine, which only submit knows
                    resolve(kind, spec, **supplies(bench.settings))
        except ConfigError as error:
            raise ConfigError(f"{path}, line {row.line}: {error}") from error


def work_here(rows: Sequence[Row], bench: Bench, output: Path, told: Told) -> tuple[Ended, ...]:
    """Every row's run on this machine; the results so far are in `output` after each.

    KeyboardInterrupt when somebody wants it to end.
    """
    journal = Journal.beside(output)
    known = journal.runs()
    ended: list[Ended] = []
    for row in rows:
        told(Progress(row=row, words="working"))
        ended.append(_worked(row, known.get(row.digest), bench, journal))
        write_results(output, ended)
        told(Progress(row=row, ended=ended[-1]))
        if bench.interrupted():
            raise KeyboardInterrupt  # it ended this run early, and is meant for the batch, too
    return tuple(ended)


def _worked(row: Row, run_id: str | None, bench: Bench, journal: Journal) -> Ended:
    record = _remembered(run_id, bench) if run_id else None
    if record is None:
        try:
            run_id = submit(row.request, store=bench.store, settings=bench.settings).id
        except ConfigError as error:
            return Ended(row=row, result=None, refusal=str(error))
        journal.note(row.digest, run_id)
        record = bench.store.load(run_id)
    if record.run.status not in _DONE:
        record = work(record.run.id, bench)
    return Ended(row=row, result=result_of(record))


def _remembered(run_id: str, bench: Bench) -> Record | None:
    """The run of an earlier attempt; None when it was forgotten since, or is in another home."""
    try:
        return bench.store.load(run_id)
    except ConfigError:
        return None
