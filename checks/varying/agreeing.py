"""When a call with varied arguments does the same on both sides. Pure."""

from dataclasses import replace

from checks.calls.comparing import BEYOND_CODE, difference
from checks.calls.replaying import Ends, Outcome
from checks.varying.worlds import DIED

_OF_TYPE = "builtins.TypeError"
_OF_ATTRIBUTE = "builtins.AttributeError"
"""How a method that is not there for a type fails."""


def says_something(outcome: Outcome) -> bool:
    """Whether the original's outcome binds anybody: it came to an end that the code itself has a say in."""
    return outcome.ends in {Ends.RETURNS, Ends.RAISES} and outcome.exception not in BEYOND_CODE


def disagreement(before: Outcome, after: Outcome, *, as_observed: bool) -> str:
    """In words what the candidate may not do where the original does something else; empty when it may.

    What the original raises by a statement of its own is stated: the candidate raises the same type. What an operation
    inside of it happens to raise is not: the candidate only has to raise, too. A value of a type that was never observed
    may be refused, and where the original itself only happens to fail on it, it binds to nothing but an end.
    """
    if not as_observed and (refuses_type(before, after) or _fails_by_chance(before, after)):
        return ""
    if before.ends is Ends.RAISES and not before.explicit:
        return "" if after.ends is Ends.RAISES and after != DIED else difference(before, after)
    if before.ends is Ends.RAISES:
        return difference(replace(before, value=""), replace(after, value=""))
    return difference(before, after)


def refuses_type(before: Outcome, after: Outcome) -> bool:
    """Whether only the candidate has no use for the types of the arguments: the original takes them, or states another fault."""
    if after.ends is not Ends.RAISES:
        return False
    if before.ends is Ends.RETURNS:
        return after.exception in {_OF_TYPE, _OF_ATTRIBUTE}
    return before.ends is Ends.RAISES and before.explicit and after.exception == _OF_TYPE != before.exception


def _fails_by_chance(before: Outcome, after: Outcome) -> bool:
    is_chance = before.ends is Ends.RAISES and not before.explicit
    return is_chance and after.ends in {Ends.RETURNS, Ends.RAISES} and after != DIED
