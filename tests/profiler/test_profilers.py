import sys
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.execution import shell
from core.profile import Hotspot, Profile
from core.protocols import Profiler
from profiler.cprofile import CProfile
from profiler.lines import Lines
from profiler.memray import Memray
from profiler.py_spy import PySpy
from tests.profiler.fake_sandbox import FakeSandbox

PACKAGE = """
class Machine:
    def spin(self, rounds):
        total = 0
        for number in range(rounds):
            total += number * number % 7
        return total

    def hold(self):
        return bytearray(20_000_000)


def main():
    kept = Machine().hold()
    return sum(Machine().spin(500_000) for _ in range(8)) + len(kept)
"""
FILES = {"pkg/__init__.py": "", "pkg/hot.py": PACKAGE, "run.py": "from pkg.hot import main\n\nprint(main())\n"}
SPIN = ("pkg/hot.py", "Machine.spin", 3)
HOLD = ("pkg/hot.py", "Machine.hold", 9)
EVERY: list[tuple[Profiler, tuple[str, str, int]]] = [(CProfile(), SPIN), (PySpy(), SPIN), (Memray(), HOLD)]


def _place(hotspot: Hotspot) -> tuple[str, str, int]:
    return (hotspot.path, hotspot.function, hotspot.line)


def _profile(sandbox: FakeSandbox, profiler: Profiler, workload: str) -> Profile:
    sandbox.write(FILES)
    profile = sandbox.profile(profiler, workload)
    assert profile is not None
    return profile


@pytest.mark.parametrize(("profiler", "hottest"), EVERY, ids=lambda value: getattr(value, "name", ""))
@pytest.mark.parametrize("workload", ["python run.py", "echo first; python run.py", "callable:pkg.hot:main"])
def test_the_hot_function_comes_first(
    sandbox: FakeSandbox, profiler: Profiler, hottest: tuple[str, str, int], workload: str
) -> None:
    profile = _profile(sandbox, profiler, workload)
    assert _place(profile.hotspots[0]) == hottest
    assert profile.hotspots[0].own_share > 0.4
    assert profile.profiler == profiler.name


@pytest.mark.parametrize(("profiler", "hottest"), EVERY, ids=lambda value: getattr(value, "name", ""))
def test_shares_are_sorted_and_never_above_one_and_harnesses_are_left_out(
    sandbox: FakeSandbox, profiler: Profiler, hottest: tuple[str, str, int]
) -> None:
    hotspots = _profile(sandbox, profiler, "callable:pkg.hot:main").hotspots
    shares = [hotspot.own_share for hotspot in hotspots]
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= h.own_share <= h.total_share * (1 + 1e-9) <= 1 + 1e-6 for h in hotspots if h.path.startswith("pkg"))
    assert not [h for h in hotspots if "/tools/" in h.path]
    assert hottest in map(_place, hotspots)


def test_cprofile_knows_calls_and_callers(sandbox: FakeSandbox) -> None:
    hottest = _profile(sandbox, CProfile(), "python run.py").hotspots[0]
    assert hottest.calls == 8
    assert hottest.callers == ("pkg/hot.py:main.<locals>.<genexpr>",)


def test_cprofile_sees_a_test_run(sandbox: FakeSandbox) -> None:
    sandbox.write({"test_hot.py": "from pkg.hot import main\n\ndef test_main():\n    assert main()\n"})
    hotspots = _profile(sandbox, CProfile(), "pytest -q test_hot.py").hotspots
    assert next(_place(hotspot) for hotspot in hotspots if hotspot.path.startswith("pkg/")) == SPIN


@pytest.mark.parametrize("profiler", [PySpy(), Memray()], ids=lambda profiler: profiler.name)
def test_stacks_go_from_the_outside_in_and_add_up(sandbox: FakeSandbox, profiler: Profiler) -> None:
    profile = _profile(sandbox, profiler, "callable:pkg.hot:main")
    assert profile.stacks[0].frames[0] == "main (pkg/hot.py:13)"
    assert sum(stack.weight for stack in profile.stacks) == pytest.approx(profile.total)


def test_lines_of_a_function_are_counted_and_weighed(sandbox: FakeSandbox) -> None:
    profile = _profile(sandbox, Lines(functions=("pkg/hot.py:Machine.spin",)), "python run.py")
    assert {line.line: line.hits for line in profile.lines} == {4: 8, 5: 8 * 500_001, 6: 8 * 500_000, 7: 8}
    assert max(profile.lines, key=lambda line: line.share).line in {5, 6}


def test_lines_of_a_comprehension_are_those_of_the_function_around_it(sandbox: FakeSandbox) -> None:
    profile = _profile(sandbox, Lines(functions=("pkg/hot.py:main.<locals>.<genexpr>",)), "callable:pkg.hot:main")
    assert {line.line for line in profile.lines} == {14, 15}


def test_the_process_that_worked_most_is_the_one_that_is_shown(sandbox: FakeSandbox) -> None:
    profile = _profile(sandbox, CProfile(), "python -c 'print(1)'; python run.py; python -c 'print(2)'")
    assert _place(profile.hotspots[0]) == SPIN


def test_a_sitecustomize_of_the_program_still_runs(sandbox: FakeSandbox) -> None:
    sandbox.write({**FILES, "site/sitecustomize.py": "import builtins\nbuiltins.customised = True\n"})
    line = "PYTHONPATH=$PYTHONPATH:site python -c 'from pkg.hot import main; assert customised; main()'"
    profile = sandbox.profile(CProfile(), line)
    assert profile is not None


def test_the_program_does_not_see_the_packages_of_perfsmith(sandbox: FakeSandbox) -> None:
    program = "import sys; assert not [p for p in sys.path if 'tools' in p], sys.path; assert 'rich' not in sys.modules"
    sandbox.write({"run.py": program})
    for profiler in (Memray(), Lines(functions=("run.py:main",)), CProfile()):
        sandbox.profile(profiler, f"{Path(sys.executable).resolve()} run.py")


@pytest.mark.parametrize(
    "profiler", [CProfile(), Memray(), Lines(functions=("pkg/hot.py:main",))], ids=lambda p: p.name
)
@pytest.mark.parametrize("line", ["echo no python here", "python -c 'import os; os._exit(0)'", "python -I -c '1'"])
def test_a_command_without_a_profile_ends_well_and_shows_none(
    sandbox: FakeSandbox, profiler: Profiler, line: str
) -> None:
    assert sandbox.profile(profiler, line) is None


def test_py_spy_shows_nothing_of_a_command_without_python(sandbox: FakeSandbox) -> None:
    command = shell("echo no python here", timeout_seconds=60)
    result = sandbox.run(lambda layout: PySpy().command(layout, command))
    assert PySpy().read(sandbox.layout(), result) is None


def test_a_failing_command_fails_under_a_profiler_inside_it_too(sandbox: FakeSandbox) -> None:
    sandbox.write({"fail.py": "raise SystemExit(3)"})
    for profiler in (CProfile(), Memray(), Lines(functions=("fail.py:main",))):
        with pytest.raises(AssertionError, match="exit code"):
            sandbox.profile(profiler, "python fail.py")


@pytest.mark.parametrize("function", ["main", "pkg/hot.py:", ":main"])
def test_a_function_without_its_file_is_refused_with_the_good_form(function: str) -> None:
    with pytest.raises(ConfigError, match="path:name"):
        Lines(functions=(function,))


@pytest.mark.parametrize("rate", [0, 5000])
def test_a_rate_out_of_range_is_refused_with_the_range(rate: int) -> None:
    with pytest.raises(ConfigError, match="1 to 1000"):
        PySpy(rate=rate)
