"""Candidates on a real sandbox: honest ones pass, and each way to change what a function does is seen."""

import pytest

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
    "the work moves to a private function": (
        ("def unique(items):\n", "def unique(items):\n    return _unique(items)\n\n\ndef _unique(items):\n"),
    ),
    "a private function is inlined": (
        ("def _square(number):\n    return number * number\n", ""),
        ("_square(number) for", "number * number for"),
    ),
    "a private function takes other arguments": (
        (
            "def _square(number):\n    return number * number\n",
            "def _square(numbers):\n    return [n * n for n in numbers]\n",
        ),
        ("[_square(number) for number in numbers]", "_square(numbers)"),
    ),
    "a memo of results that can't change": (
        ("def deep(", "import functools\n\n\n@functools.lru_cache(None)\ndef deep("),
    ),
    "another way to fail implicitly": (('[int(part) for part in text.split(",")]', 'list(map(int, text.split(",")))'),),
    "an iterator of another kind": (
        ("    while number:\n        yield number\n        number -= 1\n", "    return iter(range(number, 0, -1))\n"),
    ),
    "a chain of builtins": (("items[:LIMIT]", "items[0:LIMIT:1]"),),
}

CHEATS: dict[str, tuple[str, tuple[Edit, ...]]] = {
    "a tuple for a list": ("returned [] and now returns ()", (("    return found", "    return tuple(found)"),)),
    "another order": ("['b', 'a'] and now returns ['a', 'b']", (("    return found", "    return sorted(found, key=str)"),)),
    "another precision": ("0.30000000000000004 and now returns 0.3", (("    return result\n\n\ndef lookup", "    return round(result, 3)\n\n\ndef lookup"),)),
    "sum in another order": ("returned 0.6000000000000001 and now returns 0.6", (("    result = start\n", "    import math\n    return math.fsum(numbers)\n    result = start\n"),)),
    "an int for a float": ("returned 0.0 and now returns 0", (("start=0.0", "start=0"), ("    return result\n\n\ndef lookup", "    return int(result) if result == int(result) else result\n\n\ndef lookup"))),
    "an argument changed in place": ("argument 1 in another state", (("    found = []\n    for item", "    items.sort(key=str)\n    found = []\n    for item"),)),
    "an argument not changed in place": ("argument 1 in another state", (("        taken.append(queue.pop(0))", "        taken, queue = list(queue), []"),)),
    "the argument itself for a copy": ("argument 1 in another state", (("items[:LIMIT]", "[items.__delitem__(slice(LIMIT, None)), items][1]"),)),
    "the same list each time": ("sharing of objects", (("def unique(items):\n    found = []", "_FOUND = []\n\n\ndef unique(items):\n    found = _FOUND\n    found.clear()"),)),
    "an exception swallowed": ("raised KeyError(1) and now returns None", (("        raise KeyError(key)", "        return None"),)),
    "another type of exception": ("raised KeyError(1) and now raises LookupError(1)", (("        raise KeyError(key)", "        raise LookupError(key)"),)),
    "another message": ("raised ValueError('nothing to parse') and now raises ValueError('?')", (('ValueError("nothing to parse")', 'ValueError("?")'),)),
    "validation dropped": ("raised TypeError('text is wanted')", (('    if not isinstance(text, str):\n        raise TypeError("text is wanted")\n', "    text = str(text)\n"),)),
    "output dropped": ("printed something else", (("    print(word.upper())\n", ""),)),
    "state dropped": ("in a second call", (("    SEEN.append(item)\n    return len(SEEN)", "    return 1"),)),
    "an answer for a known caller": ("returned 'own' and now returns 'work'", (("sys._getframe(1).f_code.co_name", "'work' if sys._getframe(1).f_code.co_name == 'own' else ''"),)),
    "fewer items of a generator": ("and now returns", (("    while number:\n", "    while number > 1:\n"),)),
    "a constant of the module": ("[1, 2, 3] and now returns [1, 2]", (("LIMIT = 3", "LIMIT = 2"),)),
    "a private helper": ("squares", (("return number * number\n", "return number * number if number < 5 else 0\n"),)),
    "something else under the name": ("returned [0, 1, 4] and now returns [0, 1, 2]", (("def squares(numbers):", "squares = sorted\n\n\ndef _squares(numbers):"),)),
    "a public function is gone": ("can't be called", (("def cap(items):", "def capped(items):"),)),
    "a coroutine's result": ("returned 2 and now returns 3", (("    return number + 1\n\n\ndef shout", "    return number + 2\n\n\ndef shout"),)),
}  # fmt: skip


@pytest.mark.parametrize("edits", HONEST.values(), ids=HONEST)
def test_an_honest_patch_passes(lab: Lab, edits: tuple[Edit, ...]) -> None:
    seen = lab.recorded(*edits)
    assert seen.passed, seen.reason
    assert "replayed equal" in seen.reason


@pytest.mark.parametrize(("reason", "edits"), CHEATS.values(), ids=CHEATS)
def test_a_change_of_what_a_function_does_is_seen(lab: Lab, reason: str, edits: tuple[Edit, ...]) -> None:
    seen = lab.recorded(*edits)
    assert (seen.passed, seen.verdict) == (False, Verdict.BEHAVIOUR_CHANGED), seen.reason
    assert reason in seen.reason
    assert seen.witness
