from dataclasses import replace

import pytest

from checks.output import OutputUnchanged
from core.candidate import Verdict
from core.errors import ConfigError
from core.execution import Ending, ExecResult, Output
from core.output import OutputRule
from tests.fakes.answering import Answering, ended, trial
from tests.fakes.sandbox import FakeWorkload


def output_check(*results: ExecResult, rule: str = "exact") -> OutputUnchanged:
    check = OutputUnchanged(workloads=[(FakeWorkload(), 1)], rule_of=lambda _: OutputRule.parse(rule))
    check.prepare(Answering(*results))
    return check


def test_the_same_output_passes_and_another_is_shown_where_it_differs() -> None:
    check = output_check(ended(b"one\ntwo\n"))
    assert check.check(trial(Answering(ended(b"one\ntwo\n")))).passed
    seen = check.check(trial(Answering(ended(b"one\nzwei\n"))))
    assert seen.verdict is Verdict.BEHAVIOUR_CHANGED
    assert "line 2 was 'two' and is 'zwei'" in seen.reason


@pytest.mark.parametrize(
    ("rule", "original", "same", "other", "where"),
    [
        ("json", b'{"a": 1, "b": 2}', b'{"b":2,"a":1}', b'{"a": 1, "b": 3}', "$.b was 2 and is 3"),
        ("lines", b"a\nb\n", b"b\na\n", b"a\na\n", "the line 'a' was there once and is there 2 times"),
        ("floats:1e-9", b"x 1.5", b"x 1.5000000001", b"x 1.6", "line 1 was 'x 1.5' and is 'x 1.6'"),
    ],
)
def test_a_comparator_says_what_is_the_same_and_names_a_difference_in_its_own_terms(
    rule: str, original: bytes, same: bytes, other: bytes, where: str
) -> None:
    check = output_check(ended(original), rule=rule)
    assert check.check(trial(Answering(ended(same)))).passed
    assert check.check(trial(Answering(ended(other)))).reason == f"work prints something else: {where}"


def test_output_that_changes_by_itself_refuses_the_problem_unless_a_comparator_says_that_it_is_the_same() -> None:
    unsteady = [ended(b"b\na\n"), ended(b"a\nb\n")]
    with pytest.raises(ConfigError, match='or to "ignore"'):
        output_check(*unsteady)
    assert output_check(*unsteady, rule="lines").check(trial(Answering(ended(b"b\na\n")))).passed
    assert output_check(*unsteady, rule="ignore").check(trial(Answering(ended(b"3")))).passed


def test_output_that_the_comparator_can_not_read_refuses_the_problem() -> None:
    with pytest.raises(ConfigError, match=r'does not suit output = "json": it is no JSON'):
        output_check(ended(b"took 3 s\n"), rule="json")


def test_a_workload_that_fails_on_the_unchanged_code_refuses_the_problem() -> None:
    with pytest.raises(ConfigError, match="fails on the unchanged code: exit code 7"):
        output_check(ended(exit_code=7))


def test_a_candidate_whose_workload_fails_or_hangs_says_which() -> None:
    check = output_check(ended())
    assert check.check(trial(Answering(ended(exit_code=1)))).verdict is Verdict.WORKLOAD_FAILED
    assert check.check(trial(Answering(ended(ending=Ending.TIMED_OUT, exit_code=-9)))).verdict is Verdict.TIMED_OUT


def test_a_workload_that_leaves_processes_behind_or_floods_fails_even_where_output_is_ignored() -> None:
    check = output_check(ended(), rule="ignore")
    left = check.check(trial(Answering(replace(ended(), left_behind=2))))
    assert (left.verdict, "left 2 processes running" in left.reason) == (Verdict.WORKLOAD_FAILED, True)
    flood = replace(ended(), stdout=Output(data=b"", size=1 << 30, sha256=""))
    assert check.check(trial(Answering(flood))).verdict is Verdict.WORKLOAD_FAILED


def test_a_workload_that_always_left_a_process_behind_may_go_on_to() -> None:
    leaving = replace(ended(), left_behind=1)
    assert output_check(leaving).check(trial(Answering(leaving))).passed
