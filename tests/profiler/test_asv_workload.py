import pytest

from core.errors import ConfigError
from tests.profiler.fake_sandbox import FakeSandbox

MODULE = """
from .shared import note

def setup(*params):
    note("module")

class Sorting:
    params = [[1, 2], ["a", "b"]]
    def setup_cache(self):
        note("cache")
        return 10
    def setup(self, cache, n, letter):
        if (n, letter) == (2, "b"):
            raise NotImplementedError
        self.state = cache + n
    def time_sort(self, cache, n, letter):
        note(f"{self.state}{letter}")
        return self.state
    def teardown(self, cache, n, letter):
        note("down")

class Fresh:
    number = 1
    def setup(self):
        note("setup")
    def peakmem_it(self):
        note("call")

def time_function(n):
    note(f"f{n}")
time_function.params = [3]

def time_broken():
    raise ValueError("a bad day")

class Nothing:
    def setup(self):
        raise NotImplementedError
    def time_it(self):
        pass
"""
SHARED = "def note(what):\n    print(what)\n    with open('log.txt', 'a') as log:\n        log.write(what + '\\n')\n"
FILES = {"bench/__init__.py": "", "bench/suite.py": MODULE, "bench/shared.py": SHARED, "asv.conf.json": ""}


def _configured(folder: str) -> str:
    return '{\n    // where they are\n    // "benchmark_dir": "wrong",\n    "benchmark_dir": "%s",\n}' % folder  # noqa: UP031 - braces


def _log(sandbox: FakeSandbox) -> list[str]:
    return (sandbox.root / "repo" / "log.txt").read_text().split()


def test_a_method_runs_for_each_combination_that_its_setup_does_not_skip(sandbox: FakeSandbox) -> None:
    sandbox.write({**FILES, "asv.conf.json": _configured("bench")})
    result = sandbox.sample("asv:suite.Sorting.time_sort", loops=2)
    assert result.succeeded, result.failure
    assert len(result.stdout.text.split()) == 3
    once = ["module", "11a", "11a", "down"]
    assert _log(sandbox)[:5] == ["cache", *once]
    assert _log(sandbox).count("module") == 4


def test_setup_runs_before_each_call_where_the_benchmark_says_one_call_for_each_setup(sandbox: FakeSandbox) -> None:
    sandbox.write({**FILES, "asv.conf.json": _configured("./bench")})
    assert sandbox.sample("asv:suite.Fresh.peakmem_it", loops=2).succeeded
    assert _log(sandbox) == ["module", "setup", "call", "module", "setup", "call"]


def test_a_function_with_params_runs_in_the_default_folder(sandbox: FakeSandbox) -> None:
    sandbox.write(
        {"benchmarks/suite.py": MODULE.replace("def setup(*params):", "def unused():"), "benchmarks/shared.py": SHARED}
    )
    assert sandbox.sample("asv:suite.time_function", loops=2).succeeded
    assert _log(sandbox) == ["f3", "f3"]


@pytest.mark.parametrize("name", ["suite.time_broken", "suite.time_missing", "other.time_it", "suite.Nothing.time_it"])
def test_a_benchmark_that_fails_or_does_not_run_is_a_failure(sandbox: FakeSandbox, name: str) -> None:
    sandbox.write({**FILES, "asv.conf.json": _configured("bench")})
    result = sandbox.sample(f"asv:{name}")
    assert not result.succeeded
    assert result.stdout.data == b""


@pytest.mark.parametrize("target", ["", "time_it", "suite.Class.mem_it", "suite/time_it"])
def test_a_bad_target_is_refused_with_the_good_form(sandbox: FakeSandbox, target: str) -> None:
    with pytest.raises(ConfigError, match=r"module\.Class\.time_method"):
        sandbox.sample(f"asv:{target}")
