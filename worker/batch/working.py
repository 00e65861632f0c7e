"""Works a batch off: here, one run after the other, or on a server, all at once. Started again, it goes on."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.errors import ConfigError
from core.queue import Ticket
from core.run import RunStatus
from worker.backends import resolve
from worker.batch.journal import Journal
from worker.batch.results import Ended, write_results
from worker.batch.rows import Row
from worker.here import Bench, work
from worker.remote.client import POLL_SECONDS, RunState, Server
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
    if run_id is None:
        try:
            run_id = submit(row.request, store=bench.store, settings=bench.settings).id
        except ConfigError as error:
            return Ended(row=row, result=None, refusal=str(error))
        journal.note(row.digest, run_id)
    record = bench.store.load(run_id)
    if record.run.status not in _DONE:
        record = work(run_id, bench)
    return Ended(row=row, result=result_of(record))


def work_there(rows: Sequence[Row], server: Server, name: str, output: Path, told: Told) -> tuple[Ended, ...]:
    """Every row's run on `server`, where the same name and line are the same run."""
    ended: dict[str, Ended] = {}
    standing: dict[str, tuple[Row, RunState]] = {}
    for row in rows:
        ticket = Ticket(key=f"{name}:{row.digest}", batch=name, priority=row.priority, machines=row.machines)
        try:
            state = server.hand_in(row.request, ticket)
        except ConfigError as error:
            ended[row.digest] = Ended(row=row, result=None, refusal=str(error))
            told(Progress(row=row, ended=ended[row.digest]))
            continue
        standing[row.digest] = (row, state)
        told(Progress(row=row, words=_words(state)))
    while standing:
        for digest, (row, known) in list(standing.items()):
            patient = _patient(server, row, known, told)
            state = known if known.is_over else patient.state(known.run_id)
            if not state.is_over:
                standing[digest] = (row, state)
                told(Progress(row=row, words=_words(state)))
                continue
            del standing[digest]
            ended[digest] = Ended(row=row, result=patient.result(state.run_id))
            _write(rows, ended, output)
            told(Progress(row=row, ended=ended[digest]))
        if standing:
            server.sleep(POLL_SECONDS)
    _write(rows, ended, output)
    return tuple(ended[row.digest] for row in rows)


def _patient(server: Server, row: Row, state: RunState, told: Told) -> Server:
    """The server, whose silence is told of the row that is asked about."""
    return server.patient(lambda words: told(Progress(row=row, words=_words(replace(state, progress=words)))))


def _write(rows: Sequence[Row], ended: dict[str, Ended], output: Path) -> None:
    write_results(output, [ended[row.digest] for row in rows if row.digest in ended])


def _words(state: RunState) -> str:
    return f"{state.run_id} {state.status} {state.progress}".strip()
