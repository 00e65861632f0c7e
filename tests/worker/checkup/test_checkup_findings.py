"""What is found besides the sandboxes, on machines that are made up where it matters."""

import errno
from collections.abc import Mapping
from pathlib import Path

import pytest

from core.health import Health
from core.stats import CONFIRMATION
from worker.checkup import counters, places, processor
from worker.checkup.noise import PAIRS, Sample, judged, smallest_seen
from worker.settings import read_settings

CLOCK = "sys/devices/system/clocksource/clocksource0"
CPU = "sys/devices/system/cpu"


def kernel(root: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(f"{text}\n")
    return root


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
    few, many = CONFIRMATION.looks[0], CONFIRMATION.most
    assert smallest_seen(0.0, few) == pytest.approx(1.0)
    assert 1 < smallest_seen(0.1, many) < smallest_seen(0.1, few) < smallest_seen(0.4, few)


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
