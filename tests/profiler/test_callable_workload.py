import pytest

from core.errors import ConfigError
from core.execution import ExecResult
from core.problem import Objective, WorkloadSpec
from profiler.workloads.factory import apart_of, workload_of
from tests.profiler.fake_sandbox import FakeSandbox

BENCH = """
import sys
calls = []

class Suite:
    @staticmethod
    def run():
        return 3

class Opaque:
    pass

def count():
    calls.append(1)
    sys.stderr.write("called ")
    print("noise")
    return len(calls)

def fail():
    raise ValueError("a bad day")

def leave():
    import os
    os._exit(0)

def linger():
    import atexit, threading, time
    def late():
        time.sleep(0.01)
        sys.stderr.write("late ")
    threading.Thread(target=late).start()
    atexit.register(late)

def lazy():
    yield 1

def opaque():
    return [Opaque(), 1.5]

def forwards():
    return {0, 8, 16}

def backwards():
    return {16, 8, 0}

def array():
    import numpy
    return numpy.arange(5000)

def other_array():
    import numpy
    numbers = numpy.arange(5000)
    numbers[2500] = 0
    return numbers
"""


def test_the_function_is_called_as_often_as_asked_and_only_the_digest_is_printed(sandbox: FakeSandbox) -> None:
    sandbox.write({"bench.py": BENCH})
    result = sandbox.sample("callable:bench:count", loops=4)
    assert result.stderr.text.count("called") == 4
    assert "noise" in result.stderr.text
    assert len(result.stdout.text.split()) == 1


def apart(sandbox: FakeSandbox, function: str) -> ExecResult:
    sandbox.write({"bench.py": BENCH})
    workload = apart_of(WorkloadSpec.parse(f"callable:bench:{function}"), 60)
    assert workload is not None
    return sandbox.run(lambda layout: workload.command(layout, loops=4))


def test_apart_no_call_finds_what_another_has_left_in_memory(sandbox: FakeSandbox) -> None:
    result = apart(sandbox, "count")
    assert result.stderr.text.count("called") == 4
    assert result.stdout.text == sandbox.sample("callable:bench:count").stdout.text * 4


def test_apart_a_call_ends_its_threads_and_what_it_left_to_the_end_of_its_process(sandbox: FakeSandbox) -> None:
    result = apart(sandbox, "linger")
    assert result.succeeded, result.failure
    assert result.stderr.text.count("late") == 8


@pytest.mark.parametrize("function", ["leave", "fail"])
def test_apart_a_call_that_does_not_come_to_its_end_is_a_failure(sandbox: FakeSandbox, function: str) -> None:
    result = apart(sandbox, function)
    assert not result.succeeded
    assert result.stdout.data == b""


@pytest.mark.parametrize(
    "workload", ["true", "pyperf:bench.py", "asv:bench.time_it", "pytest-benchmark:test_a.py::test_b"]
)
def test_other_kinds_are_not_repeated_apart(workload: str) -> None:
    assert apart_of(WorkloadSpec.parse(workload), 60) is None


def test_a_method_and_a_module_in_a_package_are_found(sandbox: FakeSandbox) -> None:
    sandbox.write({"deep/er/bench.py": BENCH, "calls.py": "raise SystemExit('the wrong module')"})
    assert sandbox.sample("callable:deep.er.bench:Suite.run").succeeded


@pytest.mark.parametrize("function", ["fail", "missing", "lazy"])
def test_a_function_that_does_not_run_to_its_end_is_a_failure(sandbox: FakeSandbox, function: str) -> None:
    sandbox.write({"bench.py": BENCH})
    result = sandbox.sample(f"callable:bench:{function}")
    assert not result.succeeded
    assert result.stdout.data == b""


def test_a_function_that_is_not_there_is_told_in_a_line(sandbox: FakeSandbox) -> None:
    sandbox.write({"bench.py": BENCH})
    said = sandbox.sample("callable:bench:Suite.missing").stderr.text
    assert said == "bench:Suite.missing is not there: type object 'Suite' has no attribute 'missing'\n"


def test_a_process_that_ends_early_leaves_no_digest(sandbox: FakeSandbox) -> None:
    sandbox.write({"bench.py": BENCH})
    assert sandbox.sample("callable:bench:leave").stdout.data == b""


@pytest.mark.parametrize(("one", "other"), [("opaque", "opaque"), ("forwards", "backwards")])
def test_equal_results_have_equal_digests(sandbox: FakeSandbox, one: str, other: str) -> None:
    sandbox.write({"bench.py": BENCH})
    digests = {sandbox.sample(f"callable:bench:{name}").stdout.text for name in (one, other)}
    assert len(digests) == 1


def test_large_arrays_that_differ_in_the_middle_have_different_digests(sandbox: FakeSandbox) -> None:
    sandbox.write({"bench.py": BENCH})
    digests = {sandbox.sample(f"callable:bench:{name}").stdout.text for name in ("array", "other_array")}
    assert len(digests) == 2


@pytest.mark.parametrize("target", ["bench", "src/bench:main", "bench:", ":main", "a b:c", "bench:main()"])
def test_a_bad_target_is_refused_with_the_good_form(target: str) -> None:
    with pytest.raises(ConfigError, match="module:function"):
        workload_of(WorkloadSpec.parse(f"callable:{target}"), Objective.WALL, 1)
