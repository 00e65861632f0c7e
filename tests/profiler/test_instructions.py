import shutil
from pathlib import Path

import pytest

from core.errors import ConfigError, SandboxError
from core.problem import Objective, WorkloadSpec
from profiler.instructions import Counted
from profiler.workloads.factory import workload_of
from tests.profiler.fake_sandbox import FakeSandbox

needs_valgrind = pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")
SPEC = WorkloadSpec.parse("callable:bench:main")
BENCH = "def main(n=20_000):\n    return sorted({str(i): i for i in range(n)})\n"


def _counted() -> Counted:
    return Counted(workload=workload_of(SPEC, Objective.WALL, 60))


def _instructions(sandbox: FakeSandbox, workload: str = "callable:bench:main", *, loops: int = 1) -> int:
    result = sandbox.sample(workload, loops=loops, objective=Objective.INSTRUCTIONS)
    assert result.succeeded, result.failure
    count = _counted().costs(result).instructions
    assert count is not None
    return count


@needs_valgrind
def test_the_same_work_has_the_same_count_and_more_work_a_higher_one(sandbox: FakeSandbox) -> None:
    sandbox.write({"bench.py": BENCH})
    first, second, more = _instructions(sandbox), _instructions(sandbox), _instructions(sandbox, loops=3)
    assert first == second
    assert more > first


@needs_valgrind
def test_all_processes_of_a_line_count(sandbox: FakeSandbox) -> None:
    one = _instructions(sandbox, "/bin/true")
    two = _instructions(sandbox, "/bin/ls > /dev/null; /bin/true")
    assert two > one


@needs_valgrind
def test_a_program_that_replaces_itself_is_missed_in_the_count_and_noticed(sandbox: FakeSandbox) -> None:
    def uncounted(line: str) -> int:
        result = sandbox.sample(f"{line}; true", objective=Objective.INSTRUCTIONS)
        assert result.succeeded, result.failure
        return _counted().costs(result).uncounted

    assert uncounted("/bin/echo x") == 0
    assert uncounted("/bin/sh -c ': work; exec /bin/echo x'") == 1
    assert uncounted("printf 'no end' > ../out*/valgrind.log; /bin/sh -c ': work; exec /bin/echo x'") == 1


@needs_valgrind
def test_what_a_failing_workload_says_and_its_status_come_through(sandbox: FakeSandbox) -> None:
    result = sandbox.sample("echo out; echo err >&2; exit 3", objective=Objective.INSTRUCTIONS)
    assert (result.exit_code, result.stdout.text, result.stderr.text) == (3, "out\n", "err\n")


@needs_valgrind
@pytest.mark.parametrize("count", [b"", b"-5", b"1e9", b"5", b"5 -1", b"9" * 40])
def test_a_count_that_makes_no_sense_is_an_error_of_the_sandbox(sandbox: FakeSandbox, count: bytes) -> None:
    result = sandbox.run(
        lambda layout: workload_of(WorkloadSpec.parse("true"), Objective.WALL, 9).command(layout, loops=1)
    )
    with pytest.raises(SandboxError, match=r"instructions\.txt"):
        _counted().costs(type(result)(**{**vars(result), "files": {"instructions.txt": count}}))


def test_without_valgrind_the_objective_is_refused_with_the_way_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match="apt-get install valgrind"):
        workload_of(SPEC, Objective.INSTRUCTIONS, 60)
