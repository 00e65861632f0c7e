import pytest

from core.errors import ConfigError
from tests.profiler.fake_sandbox import FakeSandbox

TESTS = """
import pytest

def work(n=3):
    with open("worked.txt", "a") as log:
        log.write("x")
    return list(range(n))

def test_plain(benchmark):
    assert benchmark(work, 2) == [0, 1]

def test_keywords(benchmark):
    benchmark.extra_info["size"] = 4
    benchmark.group = "sizes"
    assert benchmark(work, n=4) == [0, 1, 2, 3]

@pytest.mark.benchmark(group="x", min_rounds=9)
def test_pedantic(benchmark):
    sets = []
    def setup():
        sets.append(1)
        return (len(sets),), {}
    benchmark.pedantic(work, setup=setup, rounds=7)
    assert len(sets) > 0

@pytest.mark.parametrize("n", [1, 2])
def test_sizes(benchmark, n):
    benchmark(work, n)

def test_without():
    pass

def test_wrong(benchmark):
    assert benchmark(work, 2) == [5]
"""
INI = "[pytest]\naddopts = --benchmark-columns=min,max --benchmark-min-rounds=3 --strict-markers -n 2\nrequired_plugins = pytest-benchmark\n"


@pytest.mark.parametrize("test", ["test_plain", "test_keywords", "test_pedantic"])
def test_the_benchmarked_function_is_called_as_often_as_asked(sandbox: FakeSandbox, test: str) -> None:
    sandbox.write({"test_speed.py": TESTS})
    result = sandbox.sample(f"pytest-benchmark:test_speed.py::{test}", loops=5)
    assert result.succeeded, result.stdout.text + result.stderr.text
    assert (sandbox.root / "repo" / "worked.txt").read_text() == "x" * 5


def test_options_markers_and_hooks_of_pytest_benchmark_do_no_harm(sandbox: FakeSandbox) -> None:
    conftest = "def pytest_benchmark_update_json(config, benchmarks, output_json):\n    raise ValueError\n"
    sandbox.write({"test_speed.py": TESTS, "pytest.ini": INI, "conftest.py": conftest})
    result = sandbox.sample("pytest-benchmark:test_speed.py::test_pedantic")
    assert result.succeeded, result.failure


def test_each_test_prints_a_digest_that_stays_the_same(sandbox: FakeSandbox) -> None:
    sandbox.write({"test_speed.py": TESTS})
    once, often = (sandbox.sample("pytest-benchmark:test_speed.py::test_sizes", loops=n).stdout.text for n in (1, 3))
    assert once == often
    assert [line.split()[0] for line in once.splitlines()] == [
        "test_speed.py::test_sizes[1]",
        "test_speed.py::test_sizes[2]",
    ]


@pytest.mark.parametrize("test", ["test_wrong", "test_without", "test_missing"])
def test_a_test_that_fails_or_measures_nothing_is_a_failure(sandbox: FakeSandbox, test: str) -> None:
    sandbox.write({"test_speed.py": TESTS})
    result = sandbox.sample(f"pytest-benchmark:test_speed.py::{test}")
    assert not result.succeeded
    assert result.stdout.data == b""


@pytest.mark.parametrize("target", ["", "--collect-only test_speed.py", "'test_speed.py"])
def test_a_bad_target_is_refused_with_the_good_form(sandbox: FakeSandbox, target: str) -> None:
    with pytest.raises(ConfigError, match="pytest node ids"):
        sandbox.sample(f"pytest-benchmark:{target}")
