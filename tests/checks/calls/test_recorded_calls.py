"""Candidates on a real sandbox: honest ones pass, and each way to change what a function does is seen.

What is edited in different functions shares a candidate: a process costs more than a call.
"""

from collections.abc import Mapping

import pytest

from checks.calls.comparing import compare
from checks.calls.replaying import replay
from core.candidate import Verdict
from tests.checks.calls.conftest import Edit, Lab

HONEST: dict[str, tuple[Edit, ...]] = {
    "a set for membership": (
        ("    found = []\n    for item", "    found = []\n    seen = set()\n    for item"),
        (
            "if item not in found:\n            found.append(item)",
            "if item not in seen:\n            seen.add(item)\n            found.append(item)",
        ),
    ),
    "a local variable for a method": (
        ("    taken = []\n", "    taken = []\n    pop = queue.pop\n"),
        ("queue.pop(0)", "pop(0)"),
    ),
    "a private function is inlined": (
        ("def _square(number):\n    return number * number\n", ""),
        ("_square(number) for", "number * number for"),
    ),
    "a memo of results that can't change": (
        ("def deep(", "import functools\n\n\n@functools.lru_cache(None)\ndef deep("),
    ),
    "another way to fail implicitly": (('[int(part) for part in text.split(",")]', 'list(map(int, text.split(",")))'),),
    "an iterator of another kind": (
        ("    while number:\n        yield number\n        number -= 1\n", "    return iter(range(number, 0, -1))\n"),
    ),
    "a function of its own that calls itself": (
        (
            "    return result\n\n\ndef lookup",
            "    def again(number):\n        return again(number - 1) if number else numbers\n\n    again(2)\n    return result\n\n\ndef lookup",
        ),
    ),
    "a chain of builtins": (("items[:LIMIT]", "items[0:LIMIT:1]"),),
}

OTHERWISE_HONEST: dict[str, tuple[Edit, ...]] = {
    "a private function takes other arguments": (
        (
            "def _square(number):\n    return number * number\n",
            "def _square(numbers):\n    return [n * n for n in numbers]\n",
        ),
        ("[_square(number) for number in numbers]", "_square(numbers)"),
    ),
    "the work moves to a private function": (
        ("def unique(items):\n", "def unique(items):\n    return _unique(items)\n\n\ndef _unique(items):\n"),
    ),
}

CHEATS: dict[str, tuple[str, str, tuple[Edit, ...]]] = {
    "a tuple for a list": ("unique", "returned [] and now returns ()", (("    return found", "    return tuple(found)"),)),
    "another order": ("unique", "['b', 'a'] and now returns ['a', 'b']", (("    return found", "    return sorted(found, key=str)"),)),
    "another precision": ("total", "0.30000000000000004 and now returns 0.3", (("    return result\n\n\ndef lookup", "    return round(result, 3)\n\n\ndef lookup"),)),
    "sum in another order": ("total", "returned 0.6000000000000001 and now returns 0.6", (("    result = start\n", "    import math\n    return math.fsum(numbers)\n    result = start\n"),)),
    "an int for a float": ("total", "returned 0.0 and now returns 0", (("start=0.0", "start=0"), ("    return result\n\n\ndef lookup", "    return int(result) if result == int(result) else result\n\n\ndef lookup"))),
    "an argument that is kept": ("cap", "let go of argument 1 and now keeps it", (("    return items[:LIMIT]", "    SEEN.append(items)\n    return items[:LIMIT]"),)),
    "an argument changed in place": ("unique", "argument 1 in another state", (("    found = []\n    for item", "    items.sort(key=str)\n    found = []\n    for item"),)),
    "an argument not changed in place": ("drain", "argument 1 in another state", (("        taken.append(queue.pop(0))", "        taken, queue = list(queue), []"),)),
    "the argument itself for a copy": ("cap", "argument 1 in another state", (("items[:LIMIT]", "[items.__delitem__(slice(LIMIT, None)), items][1]"),)),
    "the same list each time": ("unique", "sharing of objects", (("def unique(items):\n    found = []", "_FOUND = []\n\n\ndef unique(items):\n    found = _FOUND\n    found.clear()"),)),
    "an exception swallowed": ("lookup", "raised KeyError(1) and now returns None", (("        raise KeyError(key)", "        return None"),)),
    "another type of exception": ("lookup", "raised KeyError(1) and now raises LookupError(1)", (("        raise KeyError(key)", "        raise LookupError(key)"),)),
    "another message": ("parse", "raised ValueError('nothing to parse') and now raises ValueError('?')", (('ValueError("nothing to parse")', 'ValueError("?")'),)),
    "validation dropped": ("parse", "raised TypeError('text is wanted')", (('    if not isinstance(text, str):\n        raise TypeError("text is wanted")\n', "    text = str(text)\n"),)),
    "output dropped": ("shout", "printed something else", (("    print(word.upper())\n", ""),)),
    "state dropped": ("remember", "in a second call", (("    SEEN.append(item)\n    return len(SEEN)", "    return 1"),)),
    "an answer for a known caller": ("caller", "returned 'own' and now returns 'work'", (("sys._getframe(1).f_code.co_name", "'work' if sys._getframe(1).f_code.co_name == 'own' else ''"),)),
    "fewer items of a generator": ("countdown", "and now returns", (("    while number:\n", "    while number > 1:\n"),)),
    "a constant of the module": ("cap", "[1, 2, 3] and now returns [1, 2]", (("LIMIT = 3", "LIMIT = 2"),)),
    "a private helper": ("squares", "and now returns [0, 1, 4, 9, 16, 0]", (("return number * number\n", "return number * number if number < 5 else 0\n"),)),
    "something else under the name": ("squares", "returned [0, 1, 4] and now returns [0, 1, 2]", (("def squares(numbers):", "squares = sorted\n\n\ndef _squares(numbers):"),)),
    "a public function is gone": ("cap", "can't be called", (("def cap(items):", "def capped(items):"),)),
    "a coroutine's result": ("later", "returned 2 and now returns 3", (("    return number + 1\n\n\ndef shout", "    return number + 2\n\n\ndef shout"),)),
}  # fmt: skip


def rounds() -> list[dict[str, tuple[Edit, ...]]]:
    """The cheats in as few candidates as it takes, none with two cheats in one function."""
    found: list[dict[str, tuple[Edit, ...]]] = []
    for function, _, edits in CHEATS.values():
        free = next((each for each in found if function not in each), None)
        if free is None:
            found.append(free := {})
        free[function] = edits
    return found


@pytest.fixture(scope="session")
def differences(lab: Lab) -> Mapping[tuple[str, tuple[Edit, ...]], list[str]]:
    """For each cheat how calls of its candidate differ."""
    seen: dict[tuple[str, tuple[Edit, ...]], list[str]] = {}
    for together in rounds():
        with lab.trial(*(edit for edits in together.values() for edit in edits)) as trial:
            recording = lab.recordings.of(trial)
            found = compare(recording.expected, replay(trial.candidate, recording.steps))
        for function, edits in together.items():
            seen[function, edits] = [each.what for each in found]
    return seen


@pytest.mark.parametrize("patches", [HONEST, OTHERWISE_HONEST], ids=["functions", "private functions"])
def test_honest_patches_pass(lab: Lab, patches: Mapping[str, tuple[Edit, ...]]) -> None:
    seen = lab.recorded(*(edit for edits in patches.values() for edit in edits))
    assert seen.passed, seen.reason
    assert "functions replayed equal" in seen.reason


@pytest.mark.parametrize(("function", "reason", "edits"), CHEATS.values(), ids=CHEATS)
def test_a_change_of_what_a_function_does_is_seen(
    differences: Mapping[tuple[str, tuple[Edit, ...]], list[str]], function: str, reason: str, edits: tuple[Edit, ...]
) -> None:
    assert [what for what in differences[function, edits] if reason in what]


def test_the_smallest_failing_call_is_the_witness(lab: Lab) -> None:
    seen = lab.recorded(("    return found", "    return tuple(found)"))
    assert (seen.passed, seen.verdict, seen.witness) == (False, Verdict.BEHAVIOUR_CHANGED, "unique([])")
    assert seen.reason.startswith("pkg/plain.py:unique: unique([]) returned [] and now returns () (")


def test_what_chance_decides_is_not_compared_and_counted(lab: Lab) -> None:
    seen = lab.recorded(("    return random.random()", "    return random.random() / 2"))
    assert seen.passed
    assert "not the same each time" in seen.reason


def test_what_can_not_be_taken_down_is_counted_with_its_reason(lab: Lab) -> None:
    assert (
        "1 a function or class without a name"
        in lab.recorded(("    return function(item)", "    return  function(item)\n    pass")).reason
    )


def test_a_patch_that_edits_no_function_passes_and_says_so(lab: Lab) -> None:
    seen = lab.recorded(("import random\n", "import random  # of all things\n"))
    assert (seen.passed, seen.reason) == (True, "no function is edited")


def test_a_smaller_patch_is_checked_with_what_was_recorded_for_the_larger_one(lab: Lab) -> None:
    larger = (("    return found", "    return  found\n    pass"), ("    items.sort()", "    items.sort()\n    pass"))
    lab.recording(*larger)
    before = list(lab.recordings.kept)
    lab.recording(larger[0])
    assert lab.recordings.kept == before


def test_calls_that_were_left_out_because_an_edited_function_made_them_are_recorded_when_only_their_function_is_edited(
    lab: Lab,
) -> None:
    """The lab's recording is of all functions, and `halve` is called by `quarter` only."""
    seen = lab.recorded(("    return items[: len(items) // 2]", "    return tuple(items[: len(items) // 2])"))
    assert (seen.passed, seen.verdict) == (False, Verdict.BEHAVIOUR_CHANGED)
    assert "halve" in seen.reason
