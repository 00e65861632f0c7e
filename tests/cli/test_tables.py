"""Runs and candidates as a terminal shows them."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from cli.tables import print_outcome, print_record, print_runs
from core.candidate import Verdict
from core.problem import Objective
from core.queue import LOCAL
from core.run import Record, RunKind, RunStatus, RunSummary
from tests.fakes.records import (
    FOUND,
    PATCH,
    SUSPICIOUS,
    a_candidate,
    a_hostile_record,
    a_minimised_record,
    a_problem,
    a_record,
    a_run,
    a_successful_record,
)


def _console() -> Console:
    return Console(file=io.StringIO(), width=120, record=True)


def _shown(record: Record, report: Path) -> str:
    console = _console()
    print_record(record, report=report, console=console)
    return console.export_text()


def _summary(repository: str) -> RunSummary:
    return RunSummary(
        id="k7f3q9",
        kind=RunKind.OPTIMIZE,
        status=RunStatus.FINISHED,
        repository=repository,
        created_at=datetime(2026, 11, 21, 12, tzinfo=UTC),
        candidates=8,
        speedup=FOUND,
        objective=Objective.WALL,
        revision="0" * 40,
        owner=LOCAL,
        batch="",
        error="",
        stopped_by="",
        stage="",
        progress="",
        tokens=0,
        dollars=0.0,
        machine="",
        is_imported=False,
        waits=False,
        started_at=None,
        ended_at=None,
    )


def test_runs_are_listed_with_their_speedup() -> None:
    console = _console()
    print_runs([_summary("/srv/[red]tally\x1b[2J")], console)
    shown = console.export_text()

    for words in ("k7f3q9", "finished", "[red]tally", "2.31× (2.25× – 2.38×)"):
        assert words in shown


def test_no_runs_are_said_to_be_none() -> None:
    console = _console()
    print_runs([], console)

    assert console.export_text() == "no runs yet\n"


def test_a_run_is_shown_with_headline_candidates_patch_and_report(tmp_path: Path) -> None:
    report = tmp_path / "r.html"
    report.touch()
    shown = _shown(a_successful_record(), report)

    for words in (
        "✓ 2.31× faster",
        "99 % interval",
        "✕ tests failed",
        "✓ confirmed",
        "+    wanted = frozenset(wanted)",
        "report:",
    ):
        assert words in shown


def test_a_report_that_was_never_written_is_not_promised(tmp_path: Path) -> None:
    shown = _shown(
        a_record(run=a_run(a_problem(), status=RunStatus.FAILED, error="setup failed")), tmp_path / "none.html"
    )

    assert "✕ Failed" in shown
    assert "setup failed" in shown
    assert "no candidates" in shown
    assert "report:" not in shown


def test_hostile_text_reaches_the_terminal_as_text(tmp_path: Path) -> None:
    shown = _shown(a_hostile_record(), tmp_path / "none.html")

    assert "[bold red]rich[/bold red]" in shown
    assert {character for character in shown if not (character.isprintable() or character in "\n\t")} == set()


def test_of_an_outcome_only_the_patch_goes_to_standard_output(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    print_outcome(a_successful_record(), patch=tmp_path / "patch.diff", report=tmp_path / "report.html")
    out, err = capfdbinary.readouterr()

    assert out == PATCH.encode()
    assert "2.31× faster" in err.decode()
    assert b"report.html" in err.replace(b"\n", b"")


def test_an_outcome_without_a_patch_leaves_standard_output_empty(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    print_outcome(a_record(), patch=None, report=tmp_path / "report.html")
    out, err = capfdbinary.readouterr()

    assert out == b""
    assert "Nothing faster found" in err.decode()


def test_the_end_of_a_run_says_where_to_look(tmp_path: Path) -> None:
    record = a_record(a_candidate(1, Verdict.CONFIRMED, speedup=FOUND, patch=SUSPICIOUS))
    shown = " ".join(_shown(record, tmp_path / "none").split())
    assert "look at: src/tally/core.py:2 (state in the module), src/tally/core.py:12 (early end)" in shown
    assert "look at:" not in _shown(a_successful_record(), tmp_path / "none")


def test_what_minimising_left_out_is_told(tmp_path: Path) -> None:
    shown = " ".join(_shown(a_minimised_record(), tmp_path / "none.html").split())

    assert (
        "candidate 2 leaves out of 1: 1 line of other changes (src/tally/core.py: line 3), formatting (src/tally/core.py: line 7)"
        in shown
    )
