"""Changes of what is public, seen by both views in a real sandbox, and changes that are none."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.interface import RESULT, InterfaceUnchanged
from core.candidate import CheckResult, Verdict
from core.protocols import Sandbox, Trial
from tests.checks.conftest import Repository
from tests.fakes.answering import Answering, ended

Compare = Callable[[str | None], CheckResult]

MODULE = """\
import functools
import os

__all__ = ["f", "Thing", "Problem", "rows", "LIMIT"]
LIMIT = 3


def f(a, b=1):
    return a + b


def rows(n):
    for i in range(n):
        yield i


async def wait(): ...


def _private(a):
    return a


class Problem(ValueError):
    pass


class Thing:
    def __init__(self, size: int):
        self._size = size

    @property
    def size(self):
        return self._size

    @staticmethod
    def made(size):
        return Thing(size)

    @classmethod
    def of(cls, size):
        return cls(size)

    def __eq__(self, other):
        return self._size == other._size
"""


@pytest.fixture(scope="module")
def original(repository: Repository) -> Iterator[Sandbox]:
    with repository.opened({"code_.py": MODULE}) as opened:
        yield opened


def check(original: Sandbox, candidate: Sandbox, text: str | None) -> CheckResult:
    """What the check says when MODULE becomes `text`."""
    sources, changes = {"code_.py": MODULE}, {"code_.py": text}
    return InterfaceUnchanged().check(Trial(original=original, candidate=candidate, sources=sources, changes=changes))


@pytest.fixture
def compare(repository: Repository, original: Sandbox) -> Compare:
    """What the check says when the candidate is there to be imported, too."""

    def compared(text: str | None) -> CheckResult:
        with repository.opened({"code_.py": text}) as candidate:
            return check(original, candidate, text)

    return compared


IN_THE_TEXT = {
    "a parameter's kind": ("a, b=1", "a, *, b=1", "def f(a, b=1) became def f(a, *, b=1)"),
    "a default": ("b=1", "b=2", "def f(a, b=1) became def f(a, b=2)"),
    "an annotation": ("size: int", "size: float", "def Thing.__init__(self, size: int) became def Thing.__init__(self, size: float)"),
    "__all__": ('"f", ', "", "__all__ = ['LIMIT', 'Problem', 'Thing', 'f', 'rows'] became __all__ = ['LIMIT', 'Problem', 'Thing', 'rows']"),
    "an exception's place": ("(ValueError)", "(Exception)", "class Problem(ValueError) became class Problem(Exception)"),
    "a metaclass": ("class Thing:", "class Thing(metaclass=type):", "class Thing became class Thing(metaclass=type)"),
    "a generator": ("    for i in range(n):\n        yield i", "    return iter(range(n))", "def rows(n) (a generator) became def rows(n)"),
    "a coroutine": ("async def wait", "def wait", "async def wait() became def wait()"),
    "a property": ("    @property\n", "", "property Thing.size became def Thing.size(self)"),
    "a static method": ("@staticmethod\n    def made(size", "@classmethod\n    def made(size", "staticmethod def Thing.made(size) became classmethod def Thing.made(size)"),
}  # fmt: skip


@pytest.mark.parametrize("what", IN_THE_TEXT)
def test_a_change_of_the_text_is_refused_before_anything_of_the_candidate_is_run(what: str, original: Sandbox) -> None:
    before, after, witness = IN_THE_TEXT[what]
    assert before in MODULE
    candidate = Answering()
    seen = check(original, candidate, MODULE.replace(before, after))
    assert not candidate.commands
    assert (seen.passed, seen.verdict, seen.witness) == (False, Verdict.BEHAVIOUR_CHANGED, witness)
    assert seen.reason == f"the public interface of code_.py changed: {witness}"


AT_RUN_TIME = {
    "a function is replaced after it was made": ("f = lambda a: a\n", "def f(a, b=1) became def f(a)"),
    "a constant is deleted": ("del LIMIT\n", "LIMIT is gone"),
    "a name is deleted": ("del f\n", "def f(a, b=1) is gone"),
    "a method is taken away": ("del Thing.made\n", "staticmethod def Thing.made(size) is gone"),
    "a class is given another place": ("class _Base(Exception): pass\nProblem = type('Problem', (_Base,), {})\n", "class Problem("),
    "the module can't be imported": ("raise OSError('no')\n", "it can't be imported any more: OSError: no"),
    "the process ends": ("os._exit(0)\n", "ended early"),
}  # fmt: skip


@pytest.mark.parametrize("what", AT_RUN_TIME)
def test_what_the_text_does_not_tell_shows_when_the_module_is_imported(what: str, compare: Compare) -> None:
    more, witness = AT_RUN_TIME[what]
    seen = compare(f"{MODULE}\n{more}")
    assert seen.verdict is Verdict.BEHAVIOUR_CHANGED
    assert witness in seen.witness


def test_a_module_that_lies_about_a_signature_is_given_away_by_its_text(compare: Compare) -> None:
    lying = MODULE.replace("def f(a, b=1)", "def f(*a)") + "\nimport inspect\nf.__signature__ = inspect.Signature()\n"
    assert compare(lying).witness == "def f(a, b=1) became def f(*a)"


SAME = {
    "a cache": ("def f(", "@functools.lru_cache(maxsize=None)\ndef f("),
    "a cached property": ("@property", "@functools.cached_property"),
    "a wrapper that says what it wraps": ("class Problem", "f = functools.wraps(f)(lambda *a: 1)\n\n\nclass Problem"),
    "another body": ("return a + b", "return sum((a, b))"),
    "private names": ("_private(a)", "_other(a, b)"),
    "an import less": ("import os\n", ""),
    "a parent that every class has": ("class Thing:", "class Thing(object):"),
    "slots": ("    def __init__", "    __slots__ = ('_size', '__dict__')\n\n    def __init__"),
    "how Python calls an operator": ("__eq__(self, other):\n        return self._size == other._size", "__eq__(self, o):\n        return self._size == o._size"),
}  # fmt: skip


def test_changes_that_nobody_can_see_from_outside_pass(compare: Compare) -> None:
    text = MODULE
    for what, (before, after) in SAME.items():
        assert before in text, what
        text = text.replace(before, after)
    seen = compare(text)
    assert seen.passed, seen.reason


def test_added_public_names_pass_and_are_noted(compare: Compare) -> None:
    seen = compare(f"{MODULE}\ndef quick(a):\n    return a\n\n\n_TABLE = {{}}\n")
    assert (seen.passed, seen.reason) == (True, "public names were added: quick")


def test_a_function_may_move_to_another_module_that_this_one_imports(compare: Compare) -> None:
    moved = MODULE.replace("def f(a, b=1):\n    return a + b\n", "from heapq import nsmallest as f\n")
    assert "def f(a, b=1) became def f(n, iterable, key=None)" in compare(moved).witness


def trial_of(answer: bytes) -> Trial:
    original = Answering(ended(b'{"before:a.py": {}, "after:a.py": {}}', files={RESULT: b'{"a.py": {"f": "def f()"}}'}))
    candidate = Answering(ended(answer, files={RESULT: answer}))
    return Trial(original=original, candidate=candidate, sources={"a.py": ""}, changes={"a.py": "", "b.txt": ""})


@given(st.binary(max_size=100) | st.sampled_from([b'{"a.py": {"f": 3}}', b'{"a.py": []}', b"[[", b'{"a.py": null}']))
def test_whatever_a_candidate_says_of_itself_is_read_as_data(answer: bytes) -> None:
    assert not InterfaceUnchanged().check(trial_of(answer)).passed


def test_nothing_is_run_when_no_module_is_edited() -> None:
    silent = Answering(ended())
    trial = Trial(original=silent, candidate=silent, sources={"a.txt": ""}, changes={"a.txt": "x", "new.py": "y = 1\n"})
    assert InterfaceUnchanged().check(trial).passed
    assert not silent.commands


def test_a_deleted_module_is_an_interface_that_is_gone(original: Sandbox) -> None:
    assert check(original, Answering(), None).witness == "def f(a, b=1) is gone"
