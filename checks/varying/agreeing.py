"""When a call with varied arguments does the same on both sides. Pure."""

from dataclasses import replace

from checks.calls.comparing import BEYOND_CODE, difference
from checks.calls.replaying import Ends, Outcome
from checks.varying.worlds import DIED

_REFUSAL = "builtins.TypeError"


def says_something(outcome: Outcome) -> bool:
    """Whether the original's outcome binds anybody: it came to an end that the code itself has a say in."""
    return outcome.ends in {Ends.RETURNS, Ends.RAISES} and outcome.exception not in BEYOND_CODE


def disagreement(before: Outcome, after: Outcome, *, as_observed: bool) -> str:
    """In words what the candidate may not do where the original does something else; empty when it may.

    What the original raises by a statement of its own is stated: the candidate raises the same type. What an operation
    inside of it happens to raise is not: the candidate only has to raise, too. A value of a type that was never observed
    may be refused by a TypeError.
    """
    if before.ends is Ends.RAISES and not before.explicit:
        return "" if after.ends is Ends.RAISES and after != DIED else difference(before, after)
    if before.ends is Ends.RAISES:
        return difference(replace(before, value=""), replace(after, value=""))
    if refuses_type(before, after) and not as_observed:
        return ""
    return difference(before, after)


def refuses_type(before: Outcome, after: Outcome) -> bool:
    """Whether only the candidate has no use for the types of the arguments."""
    return before.ends is Ends.RETURNS and after.ends is Ends.RAISES and after.exception == _REFUSAL
