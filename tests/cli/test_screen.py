"""The live view of a run in a terminal."""

import io
from collections.abc import Iterator
from itertools import count

from rich.console import Console

from cli.scene import after, opening
from cli.screen import Screen, drawn
from core.candidate import Verdict
from core.progress import CandidateDecided, CandidateProposed, Event, Noted, PairTimed, StageStarted
from core.spend import Budget, Spend
from tests.fakes.records import FOUND, HOSTILE, a_baseline, a_candidate


def _view(*events: Event, now: float = 60.0, width: int = 110) -> str:
    scene = opening(0.0)
    for event in events:
        scene = after(scene, event, 10.0)
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None, record=True)
    console.print(drawn(scene, now))
    return console.export_text()


def _verdict(number: int = 1, *, direction: str = "hoist the set") -> CandidateDecided:
    candidate = a_candidate(number, Verdict.ACCEPTED, speedup=FOUND, direction=direction, proposer=direction)
    spend = Spend(candidates=3, tokens=5312, dollars=0.0184, seconds=120)
    return CandidateDecided(candidate=candidate, spend=spend, budget=Budget(candidates=12, dollars=1.0, seconds=600))


def test_before_anything_happened_nothing_is_claimed() -> None:
    assert "nothing faster yet" in _view()


def test_stage_best_budget_and_time_left_are_shown() -> None:
    view = _view(StageStarted(stage="search", detail="greedy"), _verdict())

    for words in (
        "search",
        "greedy",
        "1 min 00 s",
        "● accepted",
        "hoist the set",
        "2.31× (2.25× – 2.38×), candidate 1, accepted",
    ):
        assert words in view
    assert "3 of 12 candidates · 5,312 tokens · $0.018 of $1.00 · 7 min 10 s left" in view


def test_what_is_tried_now_is_shown_with_its_pairs_and_running_interval() -> None:
    tried = a_candidate(4, Verdict.ACCEPTED, direction="cache normalise", proposer="rules")
    view = _view(CandidateProposed(candidate=tried), PairTimed(number=4, pairs=9, speedup=FOUND))

    assert "trying candidate 4 cache normalise by rules" in view
    assert "9 pairs timed, so far 2.31× (2.25× – 2.38×)" in view


def test_the_baseline_is_called_what_it_is() -> None:
    assert "trying the original against itself" in _view(CandidateProposed(candidate=a_baseline()))


def test_hostile_text_is_neither_markup_nor_control() -> None:
    candidate = a_candidate(1, Verdict.ACCEPTED, direction="[bold red]x[/] " + HOSTILE, proposer=HOSTILE)
    view = _view(
        StageStarted(stage="search", detail=HOSTILE),
        CandidateProposed(candidate=candidate),
        _verdict(direction="[red]a[/]"),
        Noted(message="[b]n[/b]"),
    )

    assert "[red]a[/]" in view
    assert "note: [b]n[/b]" in view
    assert {character for character in view if not character.isprintable()} == {"\n"}


def test_a_narrow_terminal_is_not_overrun() -> None:
    assert max(map(len, _view(_verdict(), width=60).splitlines())) <= 60


def _ticking(step: float) -> Iterator[float]:
    return (tick * step for tick in count())


def _terminal() -> Console:
    return Console(file=io.StringIO(), width=100, force_terminal=True)


def _written(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_nothing_is_drawn_before_the_first_event() -> None:
    console = _terminal()

    with Screen(console):
        assert _written(console) == ""


def test_a_burst_of_events_is_drawn_at_most_four_times_a_second() -> None:
    console = _terminal()
    clock = _ticking(0.01)
    with Screen(console, clock=lambda: next(clock)) as screen:
        for pairs in range(1, 41):
            screen(PairTimed(number=1, pairs=pairs, speedup=FOUND))
        drawn_views = _written(console).count("budget")

    assert drawn_views <= 4


def test_the_last_view_stays_and_what_follows_is_below_it() -> None:
    console = _terminal()
    with Screen(console) as screen:
        screen(StageStarted(stage="search"))
        screen(_verdict())
        screen(StageStarted(stage="report"))
        ended = _written(console)
        screen(Noted(message="too late"))

    assert "2.31×" in ended
    assert _written(console) == ended


def test_a_terminal_that_is_gone_does_not_end_the_run() -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(text)

    with Screen(Console(file=Gone(), force_terminal=True)) as screen:
        screen(StageStarted(stage="search"))
        screen(_verdict())
