"""The live view of a run in a terminal.

The machine that draws it is the machine that measures, so it is drawn when something happens and once a second for its
clock, never more often than `MOST_OFTEN_SECONDS` allows.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from cli.scene import Scene, after, opening
from cli.tables import STYLES, candidates_table
from core import figures
from core.candidate import Candidate
from core.progress import Event, StageStarted
from core.spend import Budget, Spend
from worker.report.headline import name_of, tone_of
from worker.report.plain import one_line

MOST_OFTEN_SECONDS = 0.25
CLOCK_HERTZ = 1
LAST_STAGE = "report"


class Screen:
    """A listener that draws on `console` (standard error by default) from the first event on.

    The view ends with the context or with the last stage, and stays; what is printed then comes below it.
    """

    def __init__(self, console: Console | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._scene = opening(clock())
        self._drawn_at = float("-inf")
        self._ended = False
        self._live = Live(
            console=console or Console(stderr=True),
            get_renderable=self._draw,
            refresh_per_second=CLOCK_HERTZ,
            redirect_stdout=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def __call__(self, event: Event) -> None:
        """Take note of `event`, and show it unless something was shown just now."""
        now = self._clock()
        self._scene = after(self._scene, event, now)
        if isinstance(event, StageStarted) and event.stage == LAST_STAGE:
            self._end()
        if self._ended or now - self._drawn_at < MOST_OFTEN_SECONDS:
            return
        self._drawn_at = now
        with suppress(OSError):  # the terminal is gone: the run matters more
            self._live.start()
            self._live.refresh()

    def _end(self) -> None:
        self._ended = True
        with suppress(OSError):
            self._live.stop()

    def _draw(self) -> RenderableType:
        return drawn(self._scene, self._clock())


def drawn(scene: Scene, now: float) -> RenderableType:
    """The whole view at the time `now`."""
    parts: list[RenderableType] = [_heading(scene, now), _now(scene)]
    if scene.recent:
        parts += [Text(), candidates_table(scene.recent)]
    parts += [Text(), _best(scene.best), _budget(scene, now)]
    if scene.note:
        parts.append(Text(f"note: {one_line(scene.note, longest=200)}", style="yellow"))
    return Group(*parts)


def _heading(scene: Scene, now: float) -> Table:
    heading = Table.grid(expand=True)
    heading.add_column()
    heading.add_column(justify="right")
    detail = one_line(scene.detail, longest=100)
    left = Text.assemble(("perfsmith ", "bold"), (scene.stage, "bold cyan"), f" {detail}")
    heading.add_row(left, Text(_whole(now - scene.started_at), style="dim"))
    return heading


def _now(scene: Scene) -> Text:
    candidate = scene.trying
    if candidate is None:
        return Text("  …" if not scene.pairs else f"  timing: {_pairs(scene)}", style="dim")
    proposal = candidate.proposal
    idea = one_line(proposal.direction, longest=70)
    line = Text.assemble(
        "  trying ",
        (name_of(candidate), "bold"),
        f" {idea}",
        (f" by {one_line(proposal.proposer, longest=30)}" if proposal.proposer else "", "dim"),
    )
    return line.append(f"\n  {_pairs(scene)}") if scene.pairs else line.append("\n  checking", style="dim")


def _pairs(scene: Scene) -> str:
    return f"{scene.pairs} pairs timed" + (f", so far {figures.speedup(scene.speedup)}" if scene.speedup else "")


def _best(best: Candidate | None) -> Text:
    if best is None or best.speedup is None:
        return Text.assemble(("best    ", "dim"), "nothing faster yet")
    words = f"{figures.speedup(best.speedup)}, candidate {best.number}, {best.verdict}"
    return Text.assemble(("best    ", "dim"), (words, STYLES[tone_of(best.verdict)]))


def _budget(scene: Scene, now: float) -> Text:
    left = scene.seconds_left(now)
    parts = [*_used(scene.spend, scene.budget), *([f"{_whole(left)} left"] if left is not None else [])]
    return Text.assemble(("budget  ", "dim"), " · ".join(parts))


def _used(spend: Spend, budget: Budget) -> list[str]:
    """Each part of the budget that has a limit or was used."""
    tried = (
        f"{spend.candidates} of {budget.candidates} candidates"
        if budget.candidates is not None
        else f"{spend.candidates} candidates"
    )
    parts = [tried]
    if spend.tokens or budget.tokens is not None:
        parts.append(
            f"{figures.count(spend.tokens)}{f' of {figures.count(budget.tokens)}' if budget.tokens is not None else ''} tokens"
        )
    if spend.dollars or budget.dollars is not None:
        parts.append(
            figures.dollars(spend.dollars)
            + (f" of {figures.dollars(budget.dollars)}" if budget.dollars is not None else "")
        )
    return parts


def _whole(seconds: float) -> str:
    return figures.seconds(seconds) if seconds >= 60 else f"{int(seconds)} s"  # noqa: PLR2004 - a minute
