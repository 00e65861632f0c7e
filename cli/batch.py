"""The command for many problems: here or on a server, with a live table and one file of results."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from cli.interruption import interruption
from cli.tables import STYLES
from core import figures
from core.run import RunStatus
from worker.report.headline import Tone, tone_of
from worker.report.plain import one_line
from worker.settings import read_settings

if TYPE_CHECKING:
    from worker.batch.results import Ended
    from worker.batch.rows import Row
    from worker.batch.working import Progress

SOME_FAILED = 1
_SHOWN = 30
"""Lines of the live table: the last ones that something happened to."""

app = typer.Typer()


@app.command()
def batch(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .jsonl or .csv file with one problem a line.")],
    *,
    output: Annotated[
        Path | None,
        typer.Option(help="Where the results go: .jsonl, .csv or .parquet. [default: FILE.results.jsonl]"),
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(help="Address of a perfsmith server to hand the runs to; the token is read from PERFSMITH_TOKEN."),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            help="Of the batch on the server; the same name, line and files are the same run. [default: FILE's]"
        ),
    ] = None,
    require_faster: Annotated[
        bool, typer.Option("--require-faster", help="End with 1, too, unless every run confirms a faster patch.")
    ] = False,
) -> None:
    """Work on every line of FILE, and write one table of results. Run again after an interruption, it goes on.

    Ends with 0 when all runs finished, with 1 when some did not, with 2 when FILE can't be carried out.
    """
    from worker.batch.results import require_place  # noqa: PLC0415 - no other command should wait for what it imports
    from worker.batch.rows import read_batch  # noqa: PLC0415 - as above

    rows = read_batch(file)
    place = output or file.with_name(f"{file.name}.results.jsonl")
    require_place(place)
    with _board(rows) as told:
        ended = (
            _here(rows, file, place, told) if server is None else _there(rows, server, name or file.stem, place, told)
        )
    good = sum(each.is_good and (not require_faster or bool(each.result and each.result.is_faster)) for each in ended)
    sys.stderr.write(f"{good} of {len(ended)} good; results: {place}\n")
    raise typer.Exit(0 if good == len(ended) else SOME_FAILED)


def _here(rows: "Sequence[Row]", file: Path, place: Path, told: "_Board") -> "tuple[Ended, ...]":
    from cli.session import open_store  # noqa: PLC0415 - as above
    from worker.batch.working import require_possible_here, work_here  # noqa: PLC0415 - as above
    from worker.here import Bench  # noqa: PLC0415 - as above

    settings = read_settings(os.environ)
    with open_store(settings) as store, interruption(lambda _: None) as interrupted:
        bench = Bench(store=store, settings=settings, notify=interrupted.listen, interrupted=interrupted)
        require_possible_here(rows, bench, file)
        return work_here(rows, bench, place, told)


def _there(rows: "Sequence[Row]", url: str, name: str, place: Path, told: "_Board") -> "tuple[Ended, ...]":
    from worker.batch.there import work_there  # noqa: PLC0415 - as above
    from worker.batch.working import require_name  # noqa: PLC0415 - as above
    from worker.remote.client import Server  # noqa: PLC0415 - as above

    require_name(name)
    sources, token = read_settings(os.environ).sources, os.environ.get("PERFSMITH_TOKEN", "")
    return work_there(rows, Server(url=url, token=token, sources=sources), name, place, told)


class _Board:
    """Shows what happens to the rows: as a table on a terminal, as lines elsewhere."""

    def __init__(self, rows: "Sequence[Row]", live: Live | None) -> None:
        self._total = len(rows)
        self._latest: dict[str, Progress] = {}
        self._ended = 0
        self._live = live

    def __call__(self, progress: "Progress") -> None:
        """Take note of what happened, and show it."""
        self._ended += progress.ended is not None
        known = self._latest.pop(progress.row.digest, None)
        self._latest[progress.row.digest] = progress
        if self._live is not None:
            self._live.update(self._table())
        elif known is None or progress.ended is not None or known.words != progress.words:
            sys.stderr.write(f"line {progress.row.line} {_name(progress)}: {_state(progress)}\n")

    def _table(self) -> Table:
        table = Table(
            box=None, header_style="dim", pad_edge=False, expand=True, title=f"{self._ended} of {self._total} ended"
        )
        table.add_column("line", justify="right")
        table.add_column("problem", ratio=1, no_wrap=True, overflow="ellipsis")
        table.add_column("state", ratio=2, no_wrap=True, overflow="ellipsis")
        for progress in list(self._latest.values())[-_SHOWN:]:
            table.add_row(
                Text(str(progress.row.line)), Text(_name(progress)), Text(_state(progress), style=_style(progress))
            )
        return table


@contextmanager
def _board(rows: "Sequence[Row]") -> Iterator[_Board]:
    if not sys.stderr.isatty():
        yield _Board(rows, None)
        return
    with Live(console=Console(stderr=True), auto_refresh=True, refresh_per_second=1, redirect_stdout=False) as live:
        yield _Board(rows, live)


def _name(progress: "Progress") -> str:
    return one_line(progress.row.name, longest=80)


def _state(progress: "Progress") -> str:
    """What a row is doing or came to, on one line."""
    if progress.ended is None:
        return one_line(progress.words)
    result = progress.ended.result
    if result is None:
        return f"refused: {one_line(progress.ended.refusal)}"
    if result.status is not RunStatus.FINISHED:
        return f"{result.status}: {one_line(result.error or result.reason)}"
    measured = f" {figures.speedup(result.speedup)}" if result.speedup else ""
    return f"{result.verdict or result.status}{measured}"


def _style(progress: "Progress") -> str:
    if progress.ended is None:
        return "dim"
    result = progress.ended.result
    return STYLES[tone_of(result.verdict) if result and progress.ended.is_good else Tone.BAD]
