import pytest

from core.errors import ConfigError
from tests.profiler.fake_sandbox import FakeSandbox

SCRIPT = """
import sys
import pyperf
from beside import work

def timed(loops):
    work(f"timed{loops}")
    return 0.5

if __name__ == "__main__":
    def add(command, args):
        command.extend(["--size", str(args.size)])
    runner = pyperf.Runner(add_cmdline_args=add)
    runner.argparser.add_argument("--size", type=int, default=1)
    args = runner.parse_args()
    runner.bench_func("second", work, f"size{args.size}")
    runner.bench_time_func("first", timed)
    runner.timeit("third", "work('stmt')", setup="from beside import work")
"""
BESIDE = "def work(what):\n    with open('log.txt', 'a') as log:\n        log.write(what + '\\n')\n"


def test_all_benchmarks_of_a_script_run_with_the_loops_asked_for_and_their_names_are_printed(
    sandbox: FakeSandbox,
) -> None:
    sandbox.write({"bench/run.py": SCRIPT, "bench/beside.py": BESIDE})
    result = sandbox.sample("pyperf:bench/run.py --size 7", loops=3)
    assert result.succeeded, result.failure
    assert result.stdout.text == "first\nsecond\nthird\n"
    log = (sandbox.root / "repo" / "log.txt").read_text().split()
    assert log == ["size7"] * 3 + ["timed3"] + ["stmt"] * 3


@pytest.mark.parametrize("text", ["import pyperf", "raise ValueError('bad day')", "raise SystemExit(0)"])
def test_a_script_that_fails_or_runs_no_benchmark_is_a_failure(sandbox: FakeSandbox, text: str) -> None:
    sandbox.write({"bench.py": text})
    result = sandbox.sample("pyperf:bench.py")
    assert not result.succeeded
    assert result.stdout.data == b""


@pytest.mark.parametrize("target", ["", "bench", "--fast bench.py"])
def test_a_bad_target_is_refused_with_the_good_form(sandbox: FakeSandbox, target: str) -> None:
    with pytest.raises(ConfigError, match="write a pyperf script"):
        sandbox.sample(f"pyperf:{target}")
