import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConfigError, SandboxError
from core.execution import Ending, ExecResult, Output
from core.problem import Objective, WorkloadSpec
from profiler.reported import Reported
from profiler.workloads.factory import workload_of
from tests.profiler.fake_sandbox import FakeSandbox


def a_workload(line: str = "true") -> Reported:
    return Reported(workload=workload_of(WorkloadSpec.parse(line), Objective.WALL, 60))


@pytest.mark.parametrize("cost", ["12.5", '{"cost": 12.5}', '{"cost": 12.5, "unit": "ms"}'])
def test_the_last_line_is_the_cost_and_the_others_are_the_output(sandbox: FakeSandbox, cost: str) -> None:
    result = sandbox.sample(f"echo one; echo two; echo '{cost}'", objective=Objective.REPORTED)
    assert result.stdout.text == "one\ntwo\n"
    assert a_workload().costs(result).of(Objective.REPORTED) == 12.5


@pytest.mark.parametrize("cost", ["", "fast", "-1", "0", "NaN", "Infinity", "[1]", '{"time": 1}', "1e999"])
def test_a_sample_without_a_positive_number_fails_and_says_what_was_wanted(sandbox: FakeSandbox, cost: str) -> None:
    result = sandbox.sample(f"echo '{cost}'", objective=Objective.REPORTED)
    assert not result.succeeded
    assert "the last line must be the cost" in result.stderr.text


def test_what_a_failing_workload_says_and_its_status_come_through(sandbox: FakeSandbox) -> None:
    result = sandbox.sample("echo out; echo err >&2; exit 3", objective=Objective.REPORTED)
    assert (result.exit_code, result.stdout.text, result.stderr.text) == (3, "out\n", "err\n")


@given(st.binary(max_size=40))
def test_a_forged_cost_is_read_as_a_positive_number_or_not_at_all(said: bytes) -> None:
    result = ExecResult(
        ending=Ending.EXITED,
        exit_code=0,
        wall_seconds=1,
        cpu_seconds=1,
        peak_memory_bytes=1,
        stdout=Output.of(b""),
        stderr=Output.of(b""),
        files={"cost.json": said},
    )
    with suppress(SandboxError):
        assert 0 < a_workload().costs(result).of(Objective.REPORTED) < math.inf


def test_only_a_command_can_report_its_cost() -> None:
    with pytest.raises(ConfigError, match="needs a command that prints its cost"):
        workload_of(WorkloadSpec.parse("callable:bench:main"), Objective.REPORTED, 60)
