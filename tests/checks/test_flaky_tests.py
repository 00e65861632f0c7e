"""A flaky test among others, with a real pytest in a real sandbox."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

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
    runs: Iterator[int] = field(default_factory=lambda: iter(range(1, 100)))

    @property
    def layout(self) -> Layout:
        return self.inner.layout

    def run(self, command: Command) -> ExecResult:
        return self.inner.run(replace(command, environment={**command.environment, "RUN": str(next(self.runs))}))


@pytest.mark.parametrize("code", [CODE, CODE.replace("2 * x", "3 * x")], ids=["right", "wrong"])
def test_a_flaky_test_is_left_out_and_the_others_go_on_to_judge(repository: Repository, code: str) -> None:
    noted: list[str] = []
    check = TestsPass(line=f"{PYTEST} -x", timeout_seconds=60, note=noted.append)
    with repository.opened({"test_code.py": FLAKY}) as original:
        counting = Counting(original)
        next(counting.runs)
        check.prepare(counting)
    assert [line.partition(":")[0] for line in noted] == ["1 flaky test is left out"]
    with repository.opened({"test_code.py": FLAKY, "code_.py": code}) as opened:
        candidate = Counting(opened, runs=iter((3,)))
        seen = check.check(Trial(original=candidate, candidate=candidate, sources={}, changes={}))
    assert seen.passed is (code == CODE)
    assert ("test_now_and_then" if seen.passed else "test_list, ") in seen.reason
