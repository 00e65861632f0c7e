"""Rules leave alone what they made: a second helping adds nothing."""

import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.rules.catalogue import combined, load
from agent.rules.hot import HotFunction

AllHot = Callable[[str], tuple[HotFunction, ...]]
_EXAMPLES = Path(__file__).parents[3] / "examples"
_STDLIB = Path(sysconfig.get_paths()["stdlib"])
_NAMES = ("cmd", "csv", "fileinput", "gettext", "mailcap", "netrc", "pprint", "shlex", "textwrap", "trace")
_FILES = [*sorted(_EXAMPLES.glob("*/src/**/*.py")), *(_STDLIB / f"{name}.py" for name in _NAMES)]

ASKED_TWICE = """\
def f(a, b, c):
    a = [x for x in a if x not in b]
    return [x for x in a if x not in c]


def g(a, b):
    seen = []
    for x in a:
        if x not in seen:
            seen.append(x)
    return [x for x in seen if x not in b]


def h(a, b):
    seen = []
    for x in a:
        if x not in seen:
            seen.append(x)
    return seen
"""


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.stem)
def test_all_rules_together_leave_their_own_output_alone(path: Path, all_hot: AllHot) -> None:
    source = path.read_text("utf-8")
    once, _ = combined(source, all_hot(source), load(None))
    assert combined(once, all_hot(once), load(None)) == (once, ())


def test_something_is_done_to_the_example_at_all(all_hot: AllHot) -> None:
    source = (_EXAMPLES / "wordcount/src/wordcount/counting.py").read_text("utf-8")
    _, used = combined(source, all_hot(source), load(None))
    assert {"seen-list", "filter-set"} <= set(used)


def test_what_several_functions_need_is_in_the_module_once(all_hot: AllHot) -> None:
    text, _ = combined(ASKED_TWICE, all_hot(ASKED_TWICE), load(None))
    assert text.count("frozenset((") == 1
    assert text.count("def _as_set") == 1
    assert "_PLAIN_TYPES_2" not in text
    assert "plain_types_2" not in text


def test_what_one_round_put_in_the_next_one_uses(all_hot: AllHot) -> None:
    text = ASKED_TWICE
    for one in reversed(all_hot(ASKED_TWICE)):
        text, _ = combined(text, (one,), load(None))
    assert text.count("frozenset((") == 1
    assert text.count("def _as_set") == 1


def test_each_change_alone_has_the_names_it_would_have_without_the_others(all_hot: AllHot) -> None:
    for rule in load(("seen-list", "filter-set")):
        for change in rule.each(ASKED_TWICE, all_hot(ASKED_TWICE)):
            assert "_2" not in change.text


def test_what_an_earlier_change_brings_out_is_done_as_well(all_hot: AllHot) -> None:
    source = "def f(x):\n    return sorted(list(tuple(list(x))))\n"
    text, used = combined(source, all_hot(source), load(("needless-copies",)))
    assert text == "def f(x):\n    return sorted(x)\n"
    assert used == ("needless-copies",)
