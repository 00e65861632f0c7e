import json
import random
from collections.abc import Mapping
from dataclasses import replace

import pytest

from checks.output import OutputUnchanged
from checks.tests import REPORT, TestsPass, read_report
from core.candidate import Verdict
from core.errors import ConfigError
from core.execution import Command, Ending, ExecResult, Output
from core.protocols import Trial
from tests.fakes.sandbox import SOURCE, FakeSandbox, FakeWorkload


def result(outcomes: Mapping[str, str] | None = None, **changes: object) -> ExecResult:
    lines = [
        json.dumps({"id": test, "outcome": outcome, "why": f"E {test}"}) for test, outcome in (outcomes or {}).items()
    ]
    failed = "failed" in (outcomes or {}).values()
    ended = ExecResult(
        ending=Ending.EXITED,
        exit_code=int(failed),
        wall_seconds=1,
        cpu_seconds=1,
        peak_memory_bytes=1,
        stdout=Output.of(b""),
        stderr=Output.of(b""),
        files={REPORT: "\n".join(lines).encode()},
    )
    return replace(ended, **changes)  # type: ignore[arg-type]


class Answering(FakeSandbox):
    """Gives prepared results, the last one for ever."""

    def __init__(self, *results: ExecResult) -> None:
        super().__init__(files={"code.py": SOURCE}, noise=random.Random(0), sd=0)
        self.results = list(results)

    def run(self, command: Command) -> ExecResult:
        self.commands.append(command)
        return self.results.pop(0) if len(self.results) > 1 else self.results[0]


def trial(candidate: Answering) -> Trial:
    return Trial(original=candidate, candidate=candidate, sources={}, changes={})


def tests() -> TestsPass:
    check = TestsPass(line="pytest", timeout_seconds=5)
    check.prepare(Answering(result({"a": "passed", "b": "skipped"})))
    return check


tests.__test__ = False  # type: ignore[attr-defined]


def test_the_same_tests_with_the_same_outcomes_pass() -> None:
    assert tests().check(trial(Answering(result({"a": "passed", "b": "skipped"})))).passed


@pytest.mark.parametrize(
    "outcomes",
    [{"a": "passed"}, {"a": "skipped", "b": "skipped"}, {"a": "passed", "b": "skipped", "c": "passed"}, {}],
    ids=["one is gone", "one is skipped now", "one is new", "no report at all"],
)
def test_a_different_set_of_outcomes_fails_even_with_exit_status_0(outcomes: Mapping[str, str]) -> None:
    seen = tests().check(trial(Answering(result(outcomes))))
    assert (seen.passed, seen.verdict) == (False, Verdict.TESTS_FAILED)


def test_a_failed_test_is_named_with_the_end_of_its_output() -> None:
    seen = tests().check(trial(Answering(result({"a": "failed", "b": "skipped"}))))
    assert seen.reason == "a failed\nE a"


def test_tests_that_take_too_long_are_timed_out() -> None:
    seen = tests().check(trial(Answering(result(ending=Ending.TIMED_OUT, exit_code=-9))))
    assert seen.verdict is Verdict.TIMED_OUT


def test_tests_that_fail_on_the_unchanged_code_refuse_the_problem() -> None:
    with pytest.raises(ConfigError, match=r"fail on the unchanged code: a failed\nE a"):
        TestsPass(line="pytest", timeout_seconds=5).prepare(Answering(result({"a": "failed"})))


def test_a_flaky_test_is_named_and_refuses_the_problem() -> None:
    with pytest.raises(ConfigError, match=r"^a did not end the same in two runs"):
        TestsPass(line="pytest", timeout_seconds=5).prepare(
            Answering(result({"a": "passed", "b": "passed"}), result({"a": "skipped", "b": "passed"}))
        )


def test_without_pytest_the_number_of_tests_that_unittest_ran_is_compared() -> None:
    counted = read_report(result(stderr=Output.of(b"....\nRan 4 tests in 0.1s\n\nOK\n")))
    assert counted.outcomes == {"all 4 tests": "passed"}


def test_a_report_that_is_no_report_is_as_good_as_none() -> None:
    hostile = result(files={REPORT: b'[1]\nnull\n{"id": 3}\n\xff\xfe{' + b"[" * 100_000})
    assert read_report(hostile).outcomes == {}


def output_check(*results: ExecResult, compared: bool = True) -> OutputUnchanged:
    check = OutputUnchanged(workloads=[(FakeWorkload(), 1)], compares=lambda _: compared)
    check.prepare(Answering(*results))
    return check


def test_the_same_output_passes_and_another_is_shown_where_it_differs() -> None:
    check = output_check(result(stdout=Output.of(b"one\ntwo\n")))
    assert check.check(trial(Answering(result(stdout=Output.of(b"one\ntwo\n"))))).passed
    seen = check.check(trial(Answering(result(stdout=Output.of(b"one\nzwei\n")))))
    assert seen.verdict is Verdict.BEHAVIOUR_CHANGED
    assert "line 2 was 'two' and is 'zwei'" in seen.reason


def test_output_that_changes_by_itself_refuses_the_problem_unless_it_is_ignored() -> None:
    unsteady = [result(stdout=Output.of(b"1")), result(stdout=Output.of(b"2"))]
    with pytest.raises(ConfigError, match='output = "ignore"'):
        output_check(*unsteady)
    assert output_check(*unsteady, compared=False).check(trial(Answering(result(stdout=Output.of(b"3"))))).passed


def test_a_workload_that_fails_on_the_unchanged_code_refuses_the_problem() -> None:
    with pytest.raises(ConfigError, match="fails on the unchanged code: exit code 7"):
        output_check(result(exit_code=7))


def test_a_candidate_whose_workload_fails_or_hangs_says_which() -> None:
    check = output_check(result())
    assert check.check(trial(Answering(result(exit_code=1)))).verdict is Verdict.WORKLOAD_FAILED
    assert check.check(trial(Answering(result(ending=Ending.TIMED_OUT, exit_code=-9)))).verdict is Verdict.TIMED_OUT


def test_a_candidate_has_a_few_times_the_time_of_the_original_and_not_all_that_the_user_allows() -> None:
    check = TestsPass(line="pytest", timeout_seconds=300)
    original, candidate = Answering(result({"a": "passed"})), Answering(result({"a": "passed"}))
    check.prepare(original)
    check.check(trial(candidate))
    assert [command.timeout_seconds for command in original.commands + candidate.commands] == [300, 300, 25]


def test_a_workload_that_leaves_processes_behind_or_floods_fails_even_where_output_is_ignored() -> None:
    check = output_check(result(), compared=False)
    left = check.check(trial(Answering(result(left_behind=2))))
    assert (left.verdict, "left 2 processes running" in left.reason) == (Verdict.WORKLOAD_FAILED, True)
    flood = result(stdout=Output(data=b"", size=1 << 30, sha256=""))
    assert check.check(trial(Answering(flood))).verdict is Verdict.WORKLOAD_FAILED


def test_a_workload_that_always_left_a_process_behind_may_go_on_to() -> None:
    assert output_check(result(left_behind=1)).check(trial(Answering(result(left_behind=1)))).passed
