import pytest

from checks.output import OutputUnchanged
from core.candidate import Verdict
from core.errors import ConfigError
from core.execution import Ending, ExecResult
from tests.fakes.answering import Answering, ended, trial
from tests.fakes.sandbox import FakeWorkload


def test_a_workload_that_leaves_processes_behind_or_floods_fails_even_where_output_is_ignored() -> None:
    check = output_check(result(), compared=False)
    left = check.check(trial(Answering(result(left_behind=2))))
    assert (left.verdict, "left 2 processes running" in left.reason) == (Verdict.WORKLOAD_FAILED, True)
    flood = result(stdout=Output(data=b"", size=1 << 30, sha256=""))
    assert check.check(trial(Answering(flood))).verdict is Verdict.WORKLOAD_FAILED


def test_a_workload_that_always_left_a_process_behind_may_go_on_to() -> None:
    assert output_check(result(left_behind=1)).check(trial(Answering(result(left_behind=1)))).passed
