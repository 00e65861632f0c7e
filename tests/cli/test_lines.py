"""What happens in a run as short lines."""

import io
from typing import NoReturn

import pytest

from cli.lines import Lines
from core.candidate import Verdict
from core.progress import CandidateDecided, CandidateProposed, Event, Noted, PairTimed, StageStarted
from core.spend import NO_LIMITS, NOTHING
from tests.fakes.records import FOUND, HOSTILE, a_baseline, a_candidate


def _told(*events: Event) -> list[str]:
    stream = io.StringIO()
    lines = Lines(stream)
    for event in events:
        lines(event)
    return stream.getvalue().splitlines()


def _decided(*args: object, **kwargs: object) -> CandidateDecided:
    return CandidateDecided(candidate=a_candidate(*args, **kwargs), spend=NOTHING, budget=NO_LIMITS)  # type: ignore[arg-type]


def test_stages_verdicts_and_notes_get_a_line_each() -> None:
    baseline = CandidateDecided(candidate=a_baseline(), spend=NOTHING, budget=NO_LIMITS)

    assert _told(
        StageStarted(stage="baseline", detail="tests, timing, profile"),
        baseline,
        _decided(1, Verdict.ACCEPTED, speedup=FOUND, direction="hoist"),
        _decided(2, Verdict.TESTS_FAILED, reason="test_a fails\nlong output", direction="cache"),
        Noted(message="no API key: rules only"),
    ) == [
        "baseline: tests, timing, profile",
        "the original against itself: baseline 1.003× (0.981× – 1.024×)",
        "candidate 1 (hoist): accepted 2.31× (2.25× – 2.38×)",
        "candidate 2 (cache): tests failed: test_a fails",
        "note: no API key: rules only",
    ]


def test_pairs_and_proposals_are_quiet() -> None:
    assert _told(CandidateProposed(candidate=a_baseline()), PairTimed(number=1, pairs=3, speedup=FOUND)) == []


def test_hostile_text_stays_on_its_line_and_acts_on_no_terminal() -> None:
    lines = _told(
        _decided(1, Verdict.TESTS_FAILED, reason=HOSTILE, direction=HOSTILE),
        Noted(message=HOSTILE),
        StageStarted(stage="search", detail=HOSTILE),
    )

    assert len(lines) == 3
    assert all(line.isprintable() and len(line) < 400 for line in lines)


def test_lines_go_to_standard_error_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    Lines()(StageStarted(stage="search"))

    assert capsys.readouterr() == ("", "search\n")


def test_a_stream_that_nobody_reads_does_not_end_the_run() -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> NoReturn:
            raise BrokenPipeError(text)

    lines = Lines(Closed())

    lines(StageStarted(stage="search"))
    lines(StageStarted(stage="report"))
