from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.report import FORGED, REPORT, read_report
from checks.tests import TestsPass
from core.candidate import CheckResult, Verdict
from core.errors import ConfigError
from core.execution import Command, Ending, ExecResult, Output
from tests.fakes.answering import KINDS, Answering, Records, ended, records_of, sealed, trial

GOOD = {"a": "passed", "b": "skipped"}


def checked(*candidate: ExecResult | Records, original: Records = ()) -> CheckResult:
    check = TestsPass(line="pytest", timeout_seconds=5)
    check.prepare(Answering(original or records_of(GOOD)))
    return check.check(trial(Answering(*candidate)))


def test_the_same_tests_with_the_same_outcomes_pass() -> None:
    seen = checked(records_of(GOOD))
    assert (seen.passed, seen.reason) == (True, "2 tests ended as before")


@pytest.mark.parametrize(
    "outcomes",
    [{"a": "passed"}, {"a": "skipped", "b": "skipped"}, {"a": "passed", "b": "skipped", "c": "passed"}, {}],
    ids=["one is gone", "one is skipped now", "one is new", "none is left"],
)
def test_a_different_set_of_outcomes_fails_even_with_exit_status_0(outcomes: Mapping[str, str]) -> None:
    seen = checked(records_of(outcomes))
    assert (seen.passed, seen.verdict) == (False, Verdict.TESTS_FAILED)


def test_a_failed_test_is_named_with_the_end_of_its_output() -> None:
    assert checked(records_of({"a": "failed", "b": "skipped"})).reason == "a failed\nE a"


def test_tests_that_take_too_long_are_timed_out() -> None:
    assert checked(ended(ending=Ending.TIMED_OUT, exit_code=-9)).verdict is Verdict.TIMED_OUT


def test_a_test_that_was_collected_and_never_ran_is_missed() -> None:
    unfinished = [record for record in records_of(GOOD) if record[:2] != ("test", "a")]
    assert checked(unfinished).reason == "a did not end as on the unchanged code"


def test_the_worst_phase_of_a_test_counts_and_a_rerun_does_not() -> None:
    torn_down = [*records_of(GOOD)[:-1], ("test", "a", "teardown", "failed", "E late"), ("end",)]
    assert checked(torn_down).reason.startswith("a failed")
    again = [*records_of(GOOD)[:1], ("test", "a", "call", "rerun", ""), *records_of(GOOD)[1:]]
    assert checked(again).passed


class Forging(Answering):
    """Answers with what `forge` makes of an honest report."""

    def __init__(self, forge: Callable[[bytes], bytes]) -> None:
        super().__init__(records_of(GOOD))
        self.forge = forge

    def run(self, command: Command) -> ExecResult:
        honest = super().run(command)
        return replace(honest, files={REPORT: self.forge(honest.files[REPORT])})


FORGERIES: dict[str, Callable[[bytes], bytes]] = {
    "the file is gone": lambda _: b"",
    "one record is gone": lambda report: b"\n".join(report.split(b"\n")[1:]),
    "two records changed places": lambda report: b"\n".join([*report.split(b"\n")[1::-1], *report.split(b"\n")[2:]]),
    "one record is there twice": lambda report: report.split(b"\n")[0] + b"\n" + report,
    "the end is gone": lambda report: b"\n".join(report.split(b"\n")[:-2]) + b"\n",
    "something follows the end": lambda report: report + b'00 ["test"]\n',
    "an outcome was changed": lambda report: report.replace(b"skipped", b"passed"),
    "the last byte is gone": lambda report: report[:-1],
    "signed with a key of one's own": lambda _: sealed(records_of(GOOD), b"perfsmith-key " + b"00" * 32),
    "as earlier releases wrote it": lambda _: b'{"id": "a", "outcome": "passed", "why": ""}\n',
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_a_report_that_was_tampered_with_is_refused(name: str) -> None:
    check = TestsPass(line="pytest", timeout_seconds=5)
    check.prepare(Answering(records_of(GOOD)))
    seen = check.check(trial(Forging(FORGERIES[name])))
    assert seen.verdict is Verdict.TESTS_FAILED
    assert seen.reason.startswith(FORGED)


@pytest.mark.parametrize(
    "records",
    [
        [("collected", "a"), ("collected", "a"), ("end",)],
        [("collected",), ("test", "a", "call", "passed", ""), ("end",)],
        [("collected", "a"), ("test", "a"), ("end",)],
        [("collected", "a"), ("end",), ("end",)],
        [("collected", "a")],
    ],
    ids=["collected twice", "not collected", "too few words", "two ends", "no end"],
)
def test_a_report_with_right_seals_that_contradicts_itself_is_refused(records: Records) -> None:
    assert checked(records).reason.startswith(FORGED)


@given(st.binary(max_size=300))
def test_a_report_that_is_no_report_is_as_good_as_none(noise: bytes) -> None:
    assert read_report(ended(files={REPORT: noise}), b"k" * 32).session is None


def test_a_process_that_ended_early_says_how() -> None:
    assert checked(ended(exit_code=3)).reason == f"{FORGED} (there is none): exit code 3"


def test_a_test_that_has_to_fail_and_passed_or_never_ran_is_refused() -> None:
    fooled = [*records_of(GOOD, caught=KINDS[1:])[:-1], ("sentinel", KINDS[0], "passed"), ("end",)]
    assert checked(fooled).reason == "a test that has to fail passed among these tests (kind: assert)"
    assert "did not run among these tests (kind: unittest)" in checked(records_of(GOOD, caught=KINDS[:3])).reason


def test_what_was_replaced_while_the_tests_ran_is_named_unless_the_original_does_the_same() -> None:
    changed = records_of(GOOD, ("changed", "unittest.case.TestCase.assertEqual", "code.yes"))
    assert checked(changed).reason.endswith("replaced while they ran: unittest.case.TestCase.assertEqual: code.yes")
    assert checked(changed, original=changed).passed


def test_tests_that_fail_on_the_unchanged_code_refuse_the_problem() -> None:
    with pytest.raises(ConfigError, match=r"fail on the unchanged code: a failed\nE a"):
        TestsPass(line="pytest", timeout_seconds=5).prepare(Answering(records_of({"a": "failed"})))


def test_a_failure_that_the_command_hides_refuses_the_problem_too() -> None:
    class Hiding(Answering):
        def run(self, command: Command) -> ExecResult:
            return replace(super().run(command), exit_code=0)

    with pytest.raises(ConfigError, match="fail on the unchanged code: a failed"):
        TestsPass(line="pytest || true", timeout_seconds=5).prepare(Hiding(records_of({"a": "failed", "b": "passed"})))


STEADY = {"b": "passed", "c": "passed", "d": "passed"}
FLAKY = [records_of({"a": outcome, **STEADY}) for outcome in ("passed", "failed", "failed", "passed", "passed")]


def test_a_flaky_test_is_left_out_and_named_for_the_original_and_every_candidate() -> None:
    noted: list[str] = []
    check = TestsPass(line="pytest", timeout_seconds=5, note=noted.append)
    check.prepare(Answering(*FLAKY))
    assert noted == ["1 flaky test is left out: a: they did not end the same in 5 runs on the unchanged code"]
    for outcome in ("passed", "failed", "skipped"):
        seen = check.check(trial(Answering(records_of({"a": outcome, **STEADY}))))
        assert (seen.passed, seen.reason) == (True, "3 tests ended as before; 1 flaky test is left out: a")


def test_beside_a_flaky_test_the_others_count_as_ever() -> None:
    check = TestsPass(line="pytest", timeout_seconds=5)
    check.prepare(Answering(*FLAKY))
    assert "b failed" in check.check(trial(Answering(records_of({"a": "failed", **STEADY, "b": "failed"})))).reason
    gone = check.check(trial(Answering(records_of({"a": "passed", "b": "passed", "c": "passed"}))))
    assert gone.reason == "d did not end as on the unchanged code"
    alone = sealed(records_of({"a": "passed", **STEADY}), b"")
    assert not check.check(trial(Answering(ended(exit_code=1, files={REPORT: alone})))).passed


def test_a_flaky_test_does_not_stop_the_others_where_the_line_says_stop_at_the_first_failure() -> None:
    stopped = [record for record in records_of({"a": "failed", **STEADY}) if record[1:2] != ("d",)]
    check, original = TestsPass(line="pytest -x", timeout_seconds=5), Answering(FLAKY[0], stopped, *FLAKY[2:])
    check.prepare(original)
    assert check.expected.flaky == {"a"}
    assert ["PERFSMITH_KEEP_GOING" in command.environment for command in original.commands] == [
        False,
        False,
        True,
        True,
        True,
    ]


def test_a_test_that_always_fails_refuses_the_problem_also_beside_a_flaky_one() -> None:
    failing = [records_of({"a": outcome, **STEADY, "d": "failed"}) for outcome in ("passed", "failed")]
    with pytest.raises(ConfigError, match="fail on the unchanged code: d failed"):
        TestsPass(line="pytest", timeout_seconds=5).prepare(Answering(*failing))


def test_when_more_than_a_third_of_the_tests_flake_the_problem_is_refused() -> None:
    flaking = [records_of({"a": outcome, "b": "passed"}) for outcome in ("passed", "failed")]
    with pytest.raises(ConfigError, match=r"^a did not end the same in all runs"):
        TestsPass(line="pytest", timeout_seconds=5).prepare(Answering(*flaking))


def test_a_command_that_fails_only_sometimes_refuses_the_problem() -> None:
    with pytest.raises(ConfigError, match=r"^the test command did not end the same"):
        TestsPass(line="make test", timeout_seconds=5).prepare(Answering(ended(), ended(exit_code=1)))


def test_without_pytest_the_number_of_tests_that_unittest_ran_is_compared() -> None:
    counted = [ended(stderr=Output.of(f"....\nRan {count} tests in 0.1s\n\nOK\n".encode())) for count in (4, 3)]
    check = TestsPass(line="python -m unittest", timeout_seconds=5)
    check.prepare(Answering(counted[0]))
    assert check.check(trial(Answering(counted[0]))).reason == "1 tests ended as before"
    assert "did not end as on the unchanged code" in check.check(trial(Answering(counted[1]))).reason


def test_tests_that_do_not_take_the_key_get_none_from_then_on() -> None:
    original = Answering(ended())
    TestsPass(line="make test", timeout_seconds=5).prepare(original)
    assert [bool(command.stdin) for command in original.commands] == [True, False]


def test_the_key_is_another_for_each_run_and_stands_nowhere_but_on_standard_input() -> None:
    original = Answering(records_of(GOOD))
    TestsPass(line="pytest", timeout_seconds=5).prepare(original)
    first, second = original.commands
    assert first.stdin != second.stdin
    key = first.stdin.removeprefix(b"perfsmith-key ").decode()
    assert key not in repr((first.argv, first.environment))


def test_a_candidate_has_a_few_times_the_time_of_the_original_and_not_all_that_the_user_allows() -> None:
    check = TestsPass(line="pytest", timeout_seconds=300)
    original, candidate = Answering(records_of(GOOD)), Answering(records_of(GOOD))
    check.prepare(original)
    check.check(trial(candidate))
    assert [command.timeout_seconds for command in original.commands + candidate.commands] == [300, 300, 25]
