"""When a candidate may do something else than the original."""

from dataclasses import replace

import pytest

from checks.calls.replaying import Ends, Outcome
from checks.varying.agreeing import disagreement, says_something
from checks.varying.worlds import DIED

ONE = Outcome(ends=Ends.RETURNS, value="1", arguments=("a",), text="1")
STATED = Outcome(ends=Ends.RAISES, exception="builtins.ValueError", explicit=True, value="v", text="ValueError('no')")
HAPPENED = Outcome(ends=Ends.RAISES, exception="builtins.IndexError", value="i", text="IndexError()")
TYPE = Outcome(ends=Ends.RAISES, exception="builtins.TypeError", value="t", text="TypeError()")
ATTRIBUTE = Outcome(ends=Ends.RAISES, exception="builtins.AttributeError", value="a", text="AttributeError()")
SLOW = Outcome(ends=Ends.TOO_SLOW)


@pytest.mark.parametrize(
    ("before", "after", "as_observed", "of_another_type"),
    [
        (ONE, ONE, True, True),
        (ONE, replace(ONE, value="2"), False, False),
        (ONE, replace(ONE, arguments=("b",)), False, False),
        (ONE, replace(ONE, printed="p"), False, False),
        (ONE, TYPE, False, True),
        (ONE, ATTRIBUTE, False, True),
        (ONE, HAPPENED, False, False),
        (ONE, STATED, False, False),
        (ONE, SLOW, False, False),
        (ONE, DIED, False, False),
        (STATED, STATED, True, True),
        (STATED, replace(STATED, value="other words", text="ValueError('never')"), True, True),
        (STATED, replace(STATED, arguments=("b",)), False, False),
        (STATED, replace(STATED, exception="builtins.KeyError"), False, False),
        (STATED, TYPE, False, True),
        (STATED, ATTRIBUTE, False, False),
        (STATED, ONE, False, False),
        (HAPPENED, TYPE, True, True),
        (HAPPENED, replace(HAPPENED, arguments=("b",)), True, True),
        (HAPPENED, STATED, True, True),
        (HAPPENED, ONE, False, True),
        (HAPPENED, DIED, False, False),
        (HAPPENED, SLOW, False, False),
    ],
)
def test_the_rule_of_agreement(before: Outcome, after: Outcome, *, as_observed: bool, of_another_type: bool) -> None:
    assert (not disagreement(before, after, as_observed=True)) is as_observed
    assert (not disagreement(before, after, as_observed=False)) is of_another_type


def test_the_original_binds_nobody_where_it_had_no_say() -> None:
    assert says_something(ONE)
    assert says_something(HAPPENED)
    assert not says_something(SLOW)
    assert not says_something(Outcome(ends=Ends.SKIPPED))
    assert not says_something(replace(HAPPENED, exception="builtins.RecursionError"))
    assert not says_something(replace(HAPPENED, exception="builtins.MemoryError"))
