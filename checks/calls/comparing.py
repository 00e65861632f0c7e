"""Compares what the same steps did on two sides. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from checks.calls.replaying import Ends, Outcome

BEYOND_CODE = frozenset({"builtins.RecursionError", "builtins.MemoryError"})
"""Ends that say how much room there was, not what the code does."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A step that did something else on the second side."""

    step: int
    what: str
    """In words, without the call itself: "returned [1] and now returns (1,)"."""


def compare(before: Sequence[Outcome], after: Sequence[Outcome]) -> list[Difference]:
    """Where `after` is not what `before` was, step by step."""
    found = []
    for number, (old, new) in enumerate(zip(before, after, strict=True)):
        what = difference(old, new)
        if what:
            found.append(Difference(step=number, what=what))
    return found


def difference(old: Outcome, new: Outcome) -> str:
    """In words how the same step ended differently; empty when it did not."""
    if old.ends != new.ends or old.exception != new.exception:
        return f"{_told(old)} and now {_now(new)}"
    # The words of an error that the interpreter raises by itself belong to the operation, which may be another now.
    if old.value != new.value and (old.ends is Ends.RETURNS or (old.explicit and new.explicit)):
        hint = "" if old.text != new.text else " (another type, order, sharing of objects, or a part that is not shown)"
        return f"{_told(old)} and now {_now(new)}{hint}"
    return _beside_the_result(old, new)


def _beside_the_result(old: Outcome, new: Outcome) -> str:
    if old.printed != new.printed:
        return "printed something else than it prints now"
    changed = [place for place, pair in enumerate(zip_longest(old.arguments, new.arguments), 1) if pair[0] != pair[1]]
    if changed:
        return f"left argument {', '.join(map(str, changed))} in another state than it leaves it now"
    kept = sorted(place + 1 for place in new.kept - old.kept)
    if kept:
        return (
            f"let go of argument {', '.join(map(str, kept))} and now keeps it: what its owner does with it later shows"
        )
    if old.again != new.again:
        return "did something else in a second call with the same arguments than it does now"
    return ""


def _told(outcome: Outcome) -> str:
    words = {
        Ends.RETURNS: f"returned {outcome.text}",
        Ends.RAISES: f"raised {outcome.text}",
        Ends.SKIPPED: f"could not be called ({outcome.text})",
        Ends.TOO_SLOW: "took too long",
    }
    return words[outcome.ends]


def _now(outcome: Outcome) -> str:
    words = {
        Ends.RETURNS: f"returns {outcome.text}",
        Ends.RAISES: f"raises {outcome.text}",
        Ends.SKIPPED: f"can't be called ({outcome.text})",
        Ends.TOO_SLOW: "takes too long",
    }
    return words[outcome.ends]
