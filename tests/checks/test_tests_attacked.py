"""Candidates that are wrong and try to pass the tests all the same, with a real pytest in a real sandbox."""

import pytest

from checks.report import FORGED
from core.candidate import Verdict
from tests.checks.conftest import CODE, PYTEST, Judge

WRONG = CODE.replace("2 * x", "3 * x")
XDIST = f"{PYTEST} -p xdist -n1"

FORGES_THE_REPORT_ITSELF = """
import atexit, json, os
def forge():
    with open(os.environ["PERFSMITH_REPORT"], "w") as out:
        for test in ("TestDouble::test_small", "TestDouble::test_list", "test_pairs[1]", "test_pairs[5]", "test_refused"):
            out.write(json.dumps({"id": f"test_code.py::{test}", "outcome": "passed", "why": ""}) + "\\n")
    os._exit(0)
atexit.register(forge)
"""
ENDS_AT_IMPORT = "import os; os._exit(0)"
ENDS_AT_EXIT = "import atexit, os; atexit.register(os._exit, 0)"
ENDS_IN_A_TEST = """
import os, sys
def double(x):
    if "pytest" in sys.modules and x == 2:
        os._exit(0)
    return 3 * x
"""
RAISES_SYSTEM_EXIT = "def double(x):\n    raise SystemExit(0)\n"
REPLACES_THE_REPORT_CLASS = """
from _pytest import reports
make = reports.TestReport.from_item_and_call.__func__
def lies(cls, item, call):
    report = make(cls, item, call)
    report.outcome, report.longrepr = "passed", None
    return report
reports.TestReport.from_item_and_call = classmethod(lies)
"""
MAKES_EVERY_CALL_SUCCEED = """
from _pytest import runner
def calm(cls, func, when, reraise=None):
    try:
        func()
    except BaseException:
        pass
    return make(cls, lambda: None, when, reraise)
make = runner.CallInfo.from_call.__func__
runner.CallInfo.from_call = classmethod(calm)
"""
SWAPS_THE_CODE_OF_A_FUNCTION = """
from _pytest import unittest
def calm(self):
    del self
unittest.TestCaseFunction.runtest.__code__ = calm.__code__
"""
HOOKS_INTO_THE_REPORTS = """
import gc, pytest
class Calm:
    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item, call):
        result = yield
        report = result.get_result()
        report.outcome, report.longrepr = "passed", None
config = next(each for each in gc.get_objects() if type(each).__name__ == "Config" and hasattr(each, "pluginmanager"))
config.pluginmanager.register(Calm())
"""
DISARMS_UNITTEST = """
import unittest
unittest.TestCase.assertEqual = lambda *_, **__: None
"""
DISARMS_UNITTEST_FOR_GOOD_MEASURE_IN_ITS_CODE = """
import unittest
def calm(self, first, second, msg=None): pass
unittest.TestCase.assertEqual.__code__ = calm.__code__
"""
REPLACES_A_BUILTIN = """
import builtins
builtins.print = lambda *_: None
"""
DROPS_THE_TESTS_THAT_FAIL = """
import pytest, sys
frame = sys._getframe()
while "session" not in frame.f_locals:
    frame = frame.f_back
class Fewer:
    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items):
        items[:] = [item for item in items if "Double" not in item.nodeid]
frame.f_locals["session"].config.pluginmanager.register(Fewer())
"""
SKIPS_WHAT_WOULD_FAIL = """
import pytest
def double(x):
    pytest.skip("not today")
"""
ATTACKS = {
    "writes the report itself": (FORGES_THE_REPORT_ITSELF, FORGED),
    "ends the process at import": (ENDS_AT_IMPORT, FORGED),
    "ends the process in a test": (ENDS_IN_A_TEST, FORGED),
    "ends the process at its exit": (ENDS_AT_EXIT, "failed"),
    "raises SystemExit": (RAISES_SYSTEM_EXIT, "failed"),
    "replaces the class of reports": (REPLACES_THE_REPORT_CLASS, "passed among these tests"),
    "makes every call succeed": (MAKES_EVERY_CALL_SUCCEED, "passed among these tests"),
    "swaps the code of a function of pytest": (SWAPS_THE_CODE_OF_A_FUNCTION, "TestCaseFunction.runtest"),
    "hooks into the making of reports": (HOOKS_INTO_THE_REPORTS, "passed among these tests"),
    "disarms an assertion of unittest": (DISARMS_UNITTEST, "passed among these tests"),
    "disarms it by its code": (DISARMS_UNITTEST_FOR_GOOD_MEASURE_IN_ITS_CODE, "passed among these tests"),
    "replaces a builtin": (REPLACES_A_BUILTIN + DISARMS_UNITTEST, "builtins.print"),
    "drops the tests that fail": (DROPS_THE_TESTS_THAT_FAIL, "did not end as on the unchanged code"),
    "skips what would fail": (SKIPS_WHAT_WOULD_FAIL, "did not end as on the unchanged code"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_wrong_candidate_does_not_pass_when_it(name: str, judge: Judge) -> None:
    attack, caught = ATTACKS[name]
    seen = judge({"code_.py": f"{WRONG}\n{attack}"})
    assert seen.verdict is Verdict.TESTS_FAILED
    assert caught in seen.reason


def test_the_same_code_in_other_words_passes(judge: Judge) -> None:
    seen = judge({"code_.py": CODE.replace("2 * x", "x + x if x is not None else 2 * x")})
    assert (seen.passed, seen.reason) == (True, "6 tests ended as before")


def test_in_a_distributed_session_the_workers_are_watched_as_well(judge: Judge) -> None:
    assert judge({"code_.py": CODE}, line=XDIST).passed
    disarmed = judge({"code_.py": f"{WRONG}\n{DISARMS_UNITTEST}"}, line=XDIST)
    assert "passed among these tests" in disarmed.reason
    assert "unittest.case.TestCase.assertEqual: code_.<lambda>" in disarmed.reason


def test_the_first_failure_may_end_the_session_and_our_own_failing_tests_do_not(judge: Judge) -> None:
    line = f"{PYTEST} --maxfail=1 --junitxml=/tmp/junit.xml && grep -c 'tests=.6. ' /tmp/junit.xml"
    assert judge({"code_.py": CODE}, line=line).passed
    assert "test_list failed" in judge({"code_.py": WRONG}, line=line).reason


def test_nothing_of_the_repository_is_imported_before_the_key_is_taken(judge: Judge) -> None:
    thieves = dict.fromkeys(
        ("iniconfig.py", "json.py", "hashlib.py", "perfsmith_report.py", "perfsmith_seal.py"), "raise SystemExit(0)"
    )
    assert judge({"code_.py": CODE, **thieves}).passed


def test_the_tests_find_standard_input_empty_everywhere(judge: Judge) -> None:
    look = """
import os
for place in ("/proc/self/fd/0", f"/proc/{os.getppid()}/fd/0"):
    with open(place, "rb") as given:
        assert given.read() == b""
"""
    assert judge({"code_.py": CODE + look}).passed


def test_code_that_searches_the_memory_of_its_own_process_for_our_plugin_is_not_stopped(judge: Judge) -> None:
    """What remains, and why docs/verdicts.md says so: in one process there is no wall between the two."""
    search = """
import gc
for reporter in [each for each in gc.get_objects() if type(each).__name__ == "Reporter"]:
    record, sentinels = reporter._record, reporter._sentinels
    def lie(kind, *words):
        record(kind, *("passed" if word == "failed" else word for word in words))
    reporter._record = lie
"""
    line = f"{PYTEST} || true"
    assert judge({"code_.py": WRONG + search}, line=line).passed
