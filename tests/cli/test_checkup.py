"""`perfsmith doctor` as people and machines read it."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from cli.app import app
from cli.checkup import checkup_object, print_checkup
from core.errors import ConfigError
from core.health import Finding, Health
from worker import machine
from worker.checkup import noise
from worker.doctor import Checkup, Need, Section

GOOD = Finding(subject="engine", health=Health.GOOD, detail="version 20.10 answers")
LIMITED = Finding(
    subject="memory limit", health=Health.LIMITED, detail="each process on its own", remedy="delegate a cgroup"
)
MISSING = Finding(subject="bwrap", health=Health.MISSING, detail="not there", remedy="apt-get install bubblewrap")
HOSTILE = Finding(
    subject="[red]sub\x1b[2Jject", health=Health.GOOD, detail="\x1b]0;title\x07a\u202eb\ud800", remedy="[/] \x9b31m"
)


@dataclass(frozen=True, kw_only=True)
class Steady:
    """A sandbox that is always well; its option says otherwise."""

    well: bool = True

    @property
    def name(self) -> str:
        return "steady"

    def prepare(self) -> None:
        """As a sandbox does."""

    def open(self) -> None:
        """As a sandbox does."""

    def examine(self) -> Sequence[Finding]:
        return [GOOD if self.well else MISSING]


STEADY = f"{__name__}:Steady"


def section(need: Need, *findings: Finding, title: str = "sandbox docker") -> Section:
    return Section(title=title, need=need, findings=findings)


def shown(*sections: Section, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width, record=True)
    print_checkup(Checkup(sections=sections), console)
    return console.export_text()


def test_findings_are_shown_by_section_with_sign_word_and_remedy() -> None:
    text = shown(section(Need.ONE, GOOD, LIMITED), section(Need.OPTIONAL, MISSING, title="counting"))

    assert text.splitlines()[0] == "sandbox docker"
    assert "  ✓ good    engine" in text
    assert "  ! limited memory limit" in text
    assert "→ delegate a cgroup" in text
    assert "counting\n  ✕ missing bwrap" in text
    assert text.rstrip().endswith("✓ Ready: sandbox docker can be used")


def test_where_no_sandbox_works_every_way_out_is_named_at_the_end() -> None:
    other = Finding(subject="engine", health=Health.MISSING, detail="none answers", remedy="apt-get install docker.io")
    text = shown(section(Need.ONE, other), section(Need.ONE, MISSING, title="sandbox bubblewrap"))

    assert text.endswith(
        "✕ Not ready: no sandbox that isolates works here; one is enough\n"
        "  sandbox docker: apt-get install docker.io\n"
        "  sandbox bubblewrap: apt-get install bubblewrap\n"
    )


def test_something_that_every_run_needs_is_named_at_the_end() -> None:
    text = shown(section(Need.ONE, GOOD), section(Need.ALWAYS, MISSING, title="needed"))

    assert "✕ Not ready: something that every run needs is missing\n  needed: apt-get install bubblewrap" in text


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    long = Finding(subject="s" * 50, health=Health.LIMITED, detail="word " * 80, remedy="command " * 30)
    text = shown(section(Need.ONE, long), width=width)

    assert max(map(len, text.splitlines())) <= width
    assert text.count("word") == 80


def test_hostile_text_is_shown_and_not_obeyed() -> None:
    text = shown(section(Need.ONE, HOSTILE, title="sandbox \x1b[31m"))

    assert "[red]subject" in text
    assert {character for character in text if not (character.isprintable() or character == "\n")} == set()


def test_machines_get_every_finding_as_strict_json() -> None:
    found = checkup_object(Checkup(sections=(section(Need.ONE, LIMITED, HOSTILE),)))

    read = json.loads(json.dumps(found, allow_nan=False))
    assert (read["format"], read["ready"]) == (1, True)
    assert read["findings"][0] == {
        "section": "sandbox docker",
        "health": "limited",
        "subject": "memory limit",
        "detail": "each process on its own",
        "remedy": "delegate a cgroup",
    }
    assert "\ud800" not in str(read)


def test_the_exit_status_says_whether_a_run_is_possible(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERFSMITH_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(noise, "WORK", "0")
    monkeypatch.setattr(machine, "TIMING_LOCK", tmp_path / "timing.lock")
    fit = CliRunner().invoke(app, ["doctor", "--sandbox", STEADY, "--json"])
    ill = CliRunner().invoke(app, ["doctor", "--sandbox", STEADY, "--option", f"{STEADY}.well=false"])

    assert fit.exit_code == 0
    assert json.loads(fit.stdout)["ready"] is True
    assert ill.exit_code == 1
    assert "sandbox steady: apt-get install bubblewrap" in ill.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--sandbox", "dokcer"], "unknown sandbox 'dokcer'; known: docker, bubblewrap, unsafe"),
        (["--sandbox", "unsafe", "--option", "docker.base=x"], "for docker, which takes no part"),
    ],
)
def test_what_can_not_be_examined_is_refused_before_anything_is(arguments: list[str], words: str) -> None:
    refused = CliRunner().invoke(app, ["doctor", *arguments])

    assert isinstance(refused.exception, ConfigError)
    assert words in str(refused.exception)
