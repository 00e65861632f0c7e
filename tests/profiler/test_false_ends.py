"""Ending a sample early, or saying that work was done which was not: for each kind of workload, what the judge sees of it.

The judge goes by the status and by the output. An attack is held off when one of them is not that of the honest sample.
Work that is left to another process is the sandbox's to see (test_sandbox_contract.py).
"""

from collections.abc import Callable

import pytest

from core.execution import ExecResult
from tests.profiler.fake_sandbox import FakeSandbox

ATTACKS = {
    "leaving at once": "os._exit(0)",
    "asking to leave": "raise SystemExit(0)",
    "becoming another program": "os.execv('/bin/true', ['true'])",
    "closing the streams": "os.closerange(0, 30); os._exit(0)",
    "closing the streams and going on": "[os.close(n) for n in range(1, 30) if os.path.exists(f'/proc/self/fd/{n}')]",
    "a forged line on every descriptor": "[os.write(n, b'0' * 64 + b'\\n') for n in range(1, 30) if writable(n)]",
    "a forged line, and the end": "[os.write(n, b'0' * 64 + b'\\n') for n in range(1, 30) if writable(n)]; os._exit(0)",
    "killing itself": "os.kill(os.getpid(), 9)",
    "an end from another thread": "threading.Thread(target=os._exit, args=(0,)).start(); time.sleep(9)",
    "an exit hook that forgets the result": "atexit.register(os._exit, 0); sys.exit('done')",
}
FEW = ("leaving at once", "asking to leave", "a forged line, and the end")
"""For harnesses that take a while to start."""
SLOW = ("pytest-benchmark", "pyperf")
HONEST = "pass"
WORK = """
import atexit, os, sys, threading, time
def writable(n):
    try:
        os.write(n, b"")
    except OSError:
        return False
    return True
def work():
    {attack}
    return sum(range(100))
"""
FILES: dict[str, dict[str, str]] = {
    "callable:work:work": {},
    "pytest-benchmark:test_speed.py": {
        "test_speed.py": "from work import work\ndef test_it(benchmark):\n    assert benchmark(work) == 4950\n"
    },
    "asv:suite.time_it": {"benchmarks/__init__.py": "", "benchmarks/suite.py": "from work import work\ndef time_it():\n    return work()\n"},
    "pyperf:bench.py": {"bench.py": "import pyperf\nfrom work import work\npyperf.Runner().bench_func('work', work)\n"},
    "exec python line.py": {"line.py": "from work import work\nprint(work())\n"},
}  # fmt: skip


@pytest.fixture
def sampled(sandbox: FakeSandbox) -> Callable[[str, str], ExecResult]:
    """A sample of a workload whose work begins with an attack."""

    def sample(workload: str, attack: str) -> ExecResult:
        sandbox.write({**FILES[workload], "work.py": WORK.format(attack=attack)})
        return sandbox.sample(workload)

    return sample


@pytest.mark.parametrize("workload", FILES)
def test_no_false_end_looks_like_the_honest_one(sampled: Callable[[str, str], ExecResult], workload: str) -> None:
    honest = sampled(workload, HONEST)
    assert honest.succeeded, honest.failure
    assert honest.stdout.size > 0
    for name in FEW if workload.startswith(SLOW) else ATTACKS:
        seen = sampled(workload, ATTACKS[name])
        assert (seen.succeeded, seen.stdout.sha256) != (True, honest.stdout.sha256), name
