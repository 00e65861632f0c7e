"""A flaky test among others, with a real pytest in a real sandbox."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from checks.tests import TestsPass
from core.execution import Command, ExecResult, Layout
from core.protocols import Sandbox, Trial
from tests.checks.conftest import CODE, PYTEST, TESTS, Repository

FLAKY = f"""\
import os

{TESTS}

def test_now_and_then():
    assert int(os.environ["RUN"]) % 3
"""


@dataclass
class Counting:
    """Tells each command which one it is: a coin that falls the same way in every run of this test."""

    inner: Sandbox
    runs: Iterator[int]

    @property
    def layout(self) -> Layout:
        return self.inner.layout

    def run(self, command: Command) -> ExecResult:
        return self.inner.run(replace(command, environment={**command.environment, "RUN": str(next(self.runs))}))


def test_a_flaky_test_is_left_out_and_the_others_go_on_to_judge(repository: Repository) -> None:
    noted: list[str] = []
    check = TestsPass(line=f"{PYTEST} -x", timeout_seconds=60, note=noted.append)
    with repository.opened({"test_code.py": FLAKY}) as original:
        check.prepare(Counting(original, runs=iter(range(2, 7))))
    assert [line.partition(":")[0] for line in noted] == ["1 flaky test is left out"]
    for code in (CODE, CODE.replace("2 * x", "3 * x")):
        with repository.opened({"test_code.py": FLAKY, "code_.py": code}) as opened:
            candidate = Counting(opened, runs=iter((3,)))
            seen = check.check(Trial(original=candidate, candidate=candidate, sources={}, changes={}))
        assert seen.passed is (code == CODE)
        assert ("test_now_and_then" if seen.passed else "test_list, ") in seen.reason
