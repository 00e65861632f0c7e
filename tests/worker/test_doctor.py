"""What the doctor finds on machines of all kinds: real where it may be anything, made up where it must be something."""

import errno
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.health import Finding, Health
from core.run import BackendSpec
from worker import machine
from worker.backends import TABLE
from worker.checkup import counters, noise, places, processor
from worker.checkup.noise import PAIRS, Sample, judged, smallest_seen
from worker.doctor import Checkup, Need, Section, examine, instead_of, looked_at
from worker.settings import Settings, read_settings

CLOCK = "sys/devices/system/clocksource/clocksource0"
CPU = "sys/devices/system/cpu"


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


def kernel(root: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(f"{text}\n")
    return root


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
            "No other sandbox works on this machine either.\n"
            "docker: it could not be examined: RuntimeError: the socket is on fire",
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


@pytest.mark.parametrize("name", ["tsc", "kvm-clock", "arch_sys_counter"])
def test_a_clock_that_is_read_without_the_kernel_is_good(tmp_path: Path, name: str) -> None:
    root = kernel(tmp_path, {f"{CLOCK}/current_clocksource": name})
    assert processor.clock(root).health is Health.GOOD


def test_a_slow_clock_is_limited_says_why_and_names_a_better_one(tmp_path: Path) -> None:
    files = {f"{CLOCK}/current_clocksource": "hpet", f"{CLOCK}/available_clocksource": "hpet acpi_pm tsc"}
    finding = processor.clock(kernel(tmp_path, files))
    assert finding.health is Health.LIMITED
    assert "about a microsecond" in finding.detail
    assert finding.remedy.startswith("echo tsc > /sys/")


@pytest.mark.parametrize("files", [{}, {f"{CLOCK}/current_clocksource": "sundial"}])
def test_a_clock_that_is_not_known_is_not_called_good(tmp_path: Path, files: Mapping[str, str]) -> None:
    finding = processor.clock(kernel(tmp_path, files))
    assert (finding.health, finding.remedy) == (Health.LIMITED, "")


def test_frequency_is_not_mentioned_where_the_kernel_hides_it(tmp_path: Path) -> None:
    assert list(processor.frequency(tmp_path)) == []


@pytest.mark.parametrize(
    ("files", "healths"),
    [
        ({f"{CPU}/cpu0/cpufreq/scaling_governor": "performance"}, [Health.GOOD]),
        ({f"{CPU}/cpu0/cpufreq/scaling_governor": "powersave"}, [Health.LIMITED]),
        (
            {
                f"{CPU}/cpu0/cpufreq/scaling_governor": "performance",
                f"{CPU}/cpu1/cpufreq/scaling_governor": "schedutil",
            },
            [Health.LIMITED],
        ),
        ({f"{CPU}/intel_pstate/no_turbo": "1"}, [Health.GOOD]),
        ({f"{CPU}/intel_pstate/no_turbo": "0"}, [Health.LIMITED]),
        ({f"{CPU}/cpufreq/boost": "0"}, [Health.GOOD]),
        ({f"{CPU}/cpufreq/boost": "1"}, [Health.LIMITED]),
    ],
)
def test_a_frequency_that_changes_on_its_own_is_limited(
    tmp_path: Path, files: Mapping[str, str], healths: list[Health]
) -> None:
    findings = list(processor.frequency(kernel(tmp_path, files)))
    assert [finding.health for finding in findings] == healths
    assert all(bool(finding.remedy) is (finding.health is Health.LIMITED) for finding in findings)


@pytest.mark.parametrize(("average", "health"), [(0.2, Health.GOOD), (1.0, Health.GOOD), (1.7, Health.LIMITED)])
def test_a_machine_where_others_work_is_limited(average: float, health: Health) -> None:
    assert processor.load(average, 2).health is health


@pytest.mark.parametrize(
    ("number", "health", "words"),
    [
        (0, Health.GOOD, "can be opened"),
        (errno.EACCES, Health.LIMITED, "refuses them to this user"),
        (errno.ENOENT, Health.LIMITED, "as in most virtual machines"),
        (errno.ENOSYS, Health.LIMITED, "as in most virtual machines"),
    ],
)
def test_counters_are_good_refused_or_not_there(number: int, health: Health, words: str) -> None:
    finding = counters.judged(number)
    assert finding.health is health
    assert words in finding.detail


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


def samples(*walls: float) -> list[Sample]:
    return [Sample(wall_seconds=wall, cpu_seconds=0.1) for wall in walls]


def test_samples_that_are_alike_have_no_noise_and_those_that_are_not_are_limited() -> None:
    quiet, steady = judged(samples(*[1.0, 1.01] * PAIRS, *[1.01, 1.0] * PAIRS))
    assert quiet.health is steady.health is Health.GOOD
    noisy, steady = judged(samples(*[1.0, 2.0] * PAIRS, *[2.0, 1.0] * PAIRS))
    assert (noisy.health, steady.health) == (Health.LIMITED, Health.GOOD)
    assert "differs by 70" in noisy.detail
    assert "stop what else runs" in noisy.remedy


def test_more_noise_hides_more_and_more_pairs_show_more() -> None:
    assert smallest_seen(0.0, 10) == pytest.approx(1.0)
    assert 1 < smallest_seen(0.1, 64) < smallest_seen(0.1, 10) < smallest_seen(0.4, 10)


def test_a_store_that_answers_is_named_and_one_that_does_not_says_why(tmp_path: Path) -> None:
    good = places.store(read_settings({"PERFSMITH_HOME": str(tmp_path)}))
    assert good.health is Health.GOOD
    assert str(tmp_path / "perfsmith.db") in good.detail
    (tmp_path / "no-database").write_text("nonsense " * 1000)
    url = f"sqlite:///{tmp_path / 'no-database'}"
    bad = places.store(read_settings({"PERFSMITH_HOME": str(tmp_path), "PERFSMITH_DATABASE_URL": url}))
    assert bad.health is Health.MISSING
    assert "not a SQLite database" in bad.detail
    assert "PERFSMITH_DATABASE_URL" in bad.remedy


def test_the_disk_of_a_folder_that_is_not_there_yet_is_that_of_the_one_above(tmp_path: Path) -> None:
    finding = places.disk("home", tmp_path / "not" / "yet")
    assert "free at" in finding.detail
    assert not (tmp_path / "not").exists()


def test_settings_are_shown_without_their_secrets() -> None:
    settings = read_settings(
        {
            "PERFSMITH_HOME": "/somewhere",
            "PERFSMITH_DATABASE_URL": "postgresql://me:hush/@hush@host/name?password=hush",
            "OPENAI_BASE_URL": "https://me:hush@models.example/v1?key=hush",
            "OPENAI_API_KEY": "hush",
            "PERFSMITH_MODEL": "gpt-9",
        }
    )
    shown = {finding.subject: finding.detail for finding in places.in_use(settings)}
    assert shown["database url"] == "postgresql://host/name"
    assert shown["openai base url"] == "https://models.example/v1"
    assert shown["openai api key"] == "set (not shown)"
    assert shown["model"] == "gpt-9"
    assert shown["proposers by default"] == "openai"
    assert "hush" not in repr(shown)
