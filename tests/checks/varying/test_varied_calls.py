"""Candidates on a real sandbox are asked about calls that nobody made."""

from dataclasses import replace

import pytest

from checks.calls.edited import Edits
from core.candidate import Verdict
from core.execution import Command, ExecResult, Layout
from core.protocols import Sandbox
from tests.checks.varying.conftest import Edit, Lab
from tests.fakes.answering import Answering

UNIQUE = """    found = []
    for item in items:
        if item not in found:
            found.append(item)
    return found
"""


def cached(key: str) -> Edit:
    """`unique` with a memory of results under `key`."""
    return (
        "def unique(items):\n",
        f"""KNOWN = {{}}


def unique(items):
    key = {key}
    if key not in KNOWN:
        KNOWN[key] = _unique(items)
    return list(KNOWN[key])


def _unique(items):
""",
    )


@pytest.mark.parametrize(
    "edit",
    [
        (UNIQUE, "    return list(dict.fromkeys(items))\n"),
        (
            "        self.words = list(words)\n",
            """        self.words = list(words)
        self._places = {}
        for position, each in enumerate(self.words):
            self._places.setdefault(each, position)
""",
        ),
        (
            "    result = 0\n    for price in prices:\n        result += price * factor\n    return result\n",
            "    return sum(price * factor for price in prices)\n",
        ),
        (
            "    return [slow_square(number) for number in numbers]\n",
            "    known = {}\n    return [known.setdefault(n, n * n) for n in numbers]\n",
        ),
    ],
    ids=["a set for membership", "a table that is private", "a builtin", "a memory of results"],
)
def test_an_honest_change_agrees(lab: Lab, edit: Edit) -> None:
    result = lab.varied(edit)
    assert result.passed, result.reason
    assert "varied calls of" in result.reason


def test_a_refusal_of_values_that_can_not_be_hashed_is_tolerated_and_said(lab: Lab) -> None:
    assert "are refused now" in lab.varied((UNIQUE, "    return list(dict.fromkeys(items))\n")).reason


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (('    if factor < 0:\n        raise ValueError("a negative factor")\n', ""), "raised ValueError"),
        (("    return result\n", "    return float(result)\n"), "returned 0 and now returns 0.0"),
        ((UNIQUE, "    return list(dict.fromkeys(items)) if len(items) else None\n"), "returned [] and now returns None"),
        ((UNIQUE, "    return sorted(set(items), key=items.index) if len(items) < 9 else list(set(items))\n"), "unique("),
        (cached("len(items)"), "on the same objects"),
        (cached("id(items)"), "on the same objects"),
        (("    result = 0\n", "    import os\n    if not prices:\n        os._exit(0)\n    result = 0\n"), "the end of its process"),
    ],
    ids=["validation", "type", "empty", "order", "a cache by length", "a cache by identity", "an end"],
)  # fmt: skip
def test_a_change_of_behaviour_is_shown_by_a_small_input(lab: Lab, edit: Edit, words: str) -> None:
    result = lab.varied(edit)
    assert not result.passed
    assert result.verdict is Verdict.BEHAVIOUR_CHANGED
    assert words in result.reason
    assert result.witness
    assert len(result.witness) < 400


def test_a_cache_that_leaves_less_room_on_the_stack_is_no_change_where_the_original_comes_near_its_end(
    lab: Lab,
) -> None:
    result = lab.varied(("def depth(", "import functools\n\n\n@functools.lru_cache(maxsize=9999)\ndef depth("))
    assert result.passed, result.reason


def test_another_result_is_a_change_also_where_the_original_comes_near_the_end_of_its_stack(lab: Lab) -> None:
    wrong = (
        "    return number + (number not in (600, 700)) if number > 400 else 1 + depth(number - 1) if number else 0\n"
    )
    result = lab.varied(("    return 1 + depth(number - 1) if number else 0\n", wrong))
    assert not result.passed


def test_recursion_in_place_of_a_loop_is_a_change(lab: Lab) -> None:
    recursive = "    if not prices:\n        return 0\n    return total(prices[:-1], factor) + prices[-1] * factor\n"
    loop = "    result = 0\n    for price in prices:\n        result += price * factor\n    return result\n"
    result = lab.varied((loop, recursive))
    assert not result.passed
    assert "now raises RecursionError" in result.reason


RANKED = """    counts = {}
    for name in basket.names():
        counts[name] = counts.get(name, 0) + 1
    return sorted(counts, key=lambda name: (-counts[name], name))
"""


def test_objects_of_the_repository_are_made_otherwise_than_they_were_and_told_as_one_would_type_them(lab: Lab) -> None:
    result = lab.varied(("key=lambda name: (-counts[name], name)", "key=counts.__getitem__, reverse=True"))
    assert not result.passed
    assert result.witness.startswith("ranked(Basket([")
    assert len(result.witness) < 60


def test_how_objects_were_made_is_recorded_once_for_all_who_ask_for_no_more(lab: Lab) -> None:
    recordings, index = lab.varied_calls.recordings, frozenset({"code_.py:Index.__init__"})
    edits = Edits(functions=index | {"code_.py:Basket.__init__"})
    assert {step.function for step in recordings.makings(lab.original, edits)} == edits.functions
    nowhere = Answering()
    assert {step.function for step in recordings.makings(nowhere, Edits(functions=index))} == index
    assert not recordings.makings(nowhere, Edits())
    assert not nowhere.commands


def test_an_honest_change_agrees_on_such_objects(lab: Lab) -> None:
    honest = """    import collections

    counts = collections.Counter(basket._names)
    return sorted(sorted(counts), key=counts.__getitem__, reverse=True)
"""
    result = lab.varied((RANKED, honest))
    assert result.passed, result.reason


def test_a_hang_is_a_change(lab: Lab) -> None:
    result = lab.varied(("    result = 0\n", "    while not prices:\n        pass\n    result = 0\n"))
    assert not result.passed
    assert "takes too long" in result.reason


@pytest.mark.parametrize(
    ("attack", "words"),
    [
        ("import os, sys\nif 'replay_worlds' in open('/proc/self/cmdline').read():\n    os._exit(0)\n", "has no end"),
        (
            """import os
words = open('/proc/self/cmdline').read().split(chr(0))
if 'replay_worlds' in words[1]:
    open(words[2], 'a').write('{"out_of_time_at": 0}')
    os._exit(0)
""",
            "answered only 0 of",
        ),
    ],
    ids=["it exits", "it says that it had no time"],
)
def test_a_candidate_that_answers_nothing_fails(lab: Lab, attack: str, words: str) -> None:
    result = lab.varied(("class Index:\n", f"{attack}\n\nclass Index:\n"), (UNIQUE, UNIQUE.replace("found", "seen")))
    assert not result.passed
    assert words in result.reason


class Broken:
    """A sandbox that fails at the replays of varied calls."""

    def __init__(self, inner: Sandbox) -> None:
        self.inner = inner

    @property
    def layout(self) -> Layout:
        return self.inner.layout

    def run(self, command: Command) -> ExecResult:
        result = self.inner.run(command)
        return replace(result, files={}) if "replay_worlds" in command.argv[1] else result


def test_what_fails_on_the_original_is_not_the_candidates_fault(lab: Lab) -> None:
    with lab.trial(("            if each == word:\n", "            if word == each:\n")) as trial:
        # A check of its own, which keeps no answers of the original from other tests.
        result = replace(lab.varied_calls).check(replace(trial, original=Broken(trial.original)))
    assert result.passed
    assert "nothing to compare" in result.reason


def test_functions_that_nobody_calls_are_not_varied(lab: Lab) -> None:
    result = lab.varied(("class Index:\n", "class Index:\n    def never(self):\n        return 1\n\n"))
    assert result.passed
