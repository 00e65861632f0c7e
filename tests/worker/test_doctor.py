"""What the doctor finds on machines of all kinds: real where it may be anything, made up where it must be something."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.health import Finding, Health
from core.run import BackendSpec
from worker import machine
from worker.backends import TABLE
from worker.checkup import noise
from worker.doctor import Checkup, Need, Section, examine, instead_of, looked_at
from worker.settings import Settings, read_settings

NOTHING_ELSE = (
    "No other sandbox works on this machine either.\n"
    "docker: it could not be examined: RuntimeError: the socket is on fire"
)


@dataclass(frozen=True, kw_only=True)
class Well:
    """A sandbox that works."""

    name: str = "well"

    def prepare(self) -> None:
        """As a sandbox does."""

    def open(self) -> None:
        """As a sandbox does."""

    def examine(self) -> Sequence[Finding]:
        return [found(Health.GOOD)]


@dataclass(frozen=True, kw_only=True)
class Absent(Well):
    """One that is not installed."""

    name: str = "absent"

    def examine(self) -> Sequence[Finding]:
        return [Finding(subject=self.name, health=Health.MISSING, detail=f"install {self.name}")]


@dataclass(frozen=True, kw_only=True)
class Broken(Well):
    """One that can't even be examined."""

    name: str = "broken"

    def examine(self) -> Sequence[Finding]:
        raise RuntimeError("the socket is on fire")


@dataclass(frozen=True, kw_only=True)
class Open(Well):
    """One that isolates nothing."""

    name: str = "unsafe"


def spec(backend: type[Well], **options: object) -> BackendSpec:
    return BackendSpec(name=f"{__name__}:{backend.__name__}", options=options)


def found(health: Health, remedy: str = "") -> Finding:
    return Finding(subject="engine", health=health, detail="seen", remedy=remedy)


def section(need: Need, *healths: Health) -> Section:
    return Section(title="section", need=need, findings=tuple(map(found, healths)))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Noise is measured with next to no work and whoever else is timing: nothing here depends on how much there is."""
    monkeypatch.setattr(noise, "WORK", "0")
    monkeypatch.setattr(machine, "TIMING_LOCK", tmp_path / "timing.lock")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"PERFSMITH_HOME": str(tmp_path / "home")})


def test_a_machine_is_examined_from_sandbox_to_settings_whatever_breaks(settings: Settings) -> None:
    checkup = examine(settings, [spec(Broken), spec(Well), spec(Open)])

    titles = [section.title for section in checkup.sections]
    assert titles[:3] == ["sandbox broken", "sandbox well", "sandbox unsafe"]
    assert titles[3:] == ["timing", "counting instructions", "needed by every run", "settings in use"]
    assert checkup.sections[0].missing[0].detail == "it could not be examined: RuntimeError: the socket is on fire"
    subjects = {finding.subject for section in checkup.sections for finding in section.findings}
    assert {"clock source", "noise of wall time", "hardware counters", "valgrind", "git", "store"} <= subjects
    assert checkup.is_fit


@pytest.mark.parametrize(
    ("sections", "is_fit"),
    [
        ([section(Need.ONE, Health.GOOD), section(Need.ALWAYS, Health.GOOD)], True),
        ([section(Need.ONE, Health.LIMITED), section(Need.ALWAYS, Health.LIMITED)], True),
        ([section(Need.ONE, Health.MISSING), section(Need.ONE, Health.GOOD)], True),
        ([section(Need.ONE, Health.GOOD), section(Need.OPTIONAL, Health.MISSING)], True),
        ([section(Need.ONE, Health.GOOD, Health.MISSING)], False),
        ([section(Need.ONE, Health.GOOD), section(Need.ALWAYS, Health.MISSING)], False),
        ([section(Need.OPTIONAL, Health.GOOD), section(Need.ALWAYS, Health.GOOD)], False),
    ],
)
def test_a_run_needs_one_sandbox_that_isolates_and_all_that_is_always_needed(
    sections: Sequence[Section], *, is_fit: bool
) -> None:
    assert Checkup(sections=tuple(sections)).is_fit is is_fit


def test_what_is_missing_of_one_sandbox_is_no_obstacle_while_another_works() -> None:
    working, lacking = section(Need.ONE, Health.GOOD), section(Need.ONE, Health.MISSING)
    assert Checkup(sections=(working, lacking)).obstacles == ()
    assert Checkup(sections=(lacking, lacking)).obstacles == (lacking, lacking)


def test_a_run_in_nothing_but_a_sandbox_without_isolation_is_not_what_is_meant(settings: Settings) -> None:
    assert not examine(settings, [spec(Open)]).is_fit


@pytest.mark.parametrize(
    ("backend", "others", "advice"),
    [
        (Well, {"docker": Absent}, ""),
        (Open, {"docker": Well}, ""),
        (Absent, {"docker": Well, "unsafe": Open}, "On this machine --sandbox docker works."),
        (
            Absent,
            {"docker": Broken, "unsafe": Open},
            NOTHING_ELSE,
        ),
    ],
)
def test_who_lacks_one_sandbox_is_told_of_the_others(
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    backend: type[Well],
    others: Mapping[str, type[Well]],
    advice: str,
) -> None:
    monkeypatch.setitem(TABLE, "sandbox", {name: spec(other).name for name, other in others.items()})
    assert instead_of(spec(backend), settings) == advice


def test_what_can_not_be_examined_is_a_finding() -> None:
    (finding,) = looked_at("engine", Broken().examine)
    assert (finding.subject, finding.health) == ("engine", Health.MISSING)


def test_programs_that_are_not_installed_come_with_the_line_that_installs_them(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    checkup = examine(settings, [spec(Well)])

    missing = {finding.subject: finding.remedy for section in checkup.sections for finding in section.missing}
    assert "apt-get install valgrind" in missing["valgrind"]
    assert "apt-get install git" in missing["git"]
    assert not checkup.is_fit
    assert [obstacle.title for obstacle in checkup.obstacles] == ["needed by every run"]
