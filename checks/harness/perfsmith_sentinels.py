"""Tests of our own that have to fail: a session that does not notice can't be believed when it says that others passed.

They run between the tests of the session with pytest's own machinery as it is at that moment, but what comes of them is told
to nobody else: they do not count, stop nothing and appear in no report of the user's.
"""

# ruff: noqa: S101, PLR2004, PT011  these are tests

import random
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from _pytest.fixtures import FuncFixtureInfo
from _pytest.runner import runtestprotocol

_PHASES = 3
_REFUSED = (
    ("assertEqual", 1, 2), ("assertEqual", [1], [2]), ("assertEqual", {1: 2}, {1: 3}), ("assertEqual", "a", "b"),
    ("assertNotEqual", 1, 1), ("assertTrue", 0), ("assertFalse", 1), ("assertIs", 1, None), ("assertIsNone", 1),
    ("assertIn", 1, ()), ("assertAlmostEqual", 1.0, 2.0), ("assertIsInstance", 1, str), ("assertLess", 2, 1), ("fail",),
)  # fmt: skip
"""What unittest must not let through."""
_chance = random.SystemRandom()


class _LetThroughError(Exception):
    """Something accepted what it had to refuse."""


def _statement() -> None:
    """Comparisons and what they are made of."""
    one = [1, 2]
    assert len(one) == 3 or isinstance(one, str) or one == (1, 2) or not any(one) or all([0]) or sum(one) == 4


def _raising() -> None:
    """An exception that nobody catches."""
    raise LookupError("this test fails on purpose")


def _pytest() -> None:
    """The assertions of pytest."""
    _each_refuses(
        lambda: _nothing_under(pytest.raises(ValueError)),
        lambda: _truth(pytest.approx(1.0) == 2.0),
        lambda: pytest.fail("this test fails on purpose"),
    )
    raise AssertionError("this test fails on purpose")


def _unittest() -> None:
    """The assertions of unittest, where the session uses them."""
    case = sys.modules["unittest.case"].TestCase()
    _each_refuses(*(partial(getattr(case, name), *values) for name, *values in _REFUSED))
    _each_refuses(lambda: _nothing_under(case.assertRaises(ValueError)))  # noqa: PT027  it is what is tried here
    raise AssertionError("this test fails on purpose")


def _nothing_under(context: Any) -> None:
    with context:
        pass


def _truth(value: object) -> None:
    assert value


def _each_refuses(*assertions: Callable[[], object]) -> None:
    """Return early, and so pass, when one of them does not raise."""
    for assertion in assertions:
        try:
            assertion()
        except (AssertionError, pytest.fail.Exception):
            continue
        raise _LetThroughError


KINDS = {"assert": _statement, "exception": _raising, "pytest": _pytest, "unittest": _unittest}


class Sentinels:
    """Runs each kind once, before an item of the session that is chosen by chance."""

    def __init__(self, record: Callable[..., None]) -> None:
        self._record = record
        self._waiting: list[tuple[Any, str]] = []

    def place(self, items: list[Any]) -> None:
        """Choose where in the session they run."""
        hosts = [item for item in items if isinstance(item, pytest.Function)]
        self._waiting = [(_chance.choice(hosts), kind) for kind in KINDS] if hosts else []

    def run_before(self, item: Any) -> None:
        """Those that were placed before `item`."""
        due = [kind for host, kind in self._waiting if host is item]
        if due:
            self._waiting = [waiting for waiting in self._waiting if waiting[0] is not item]
        for kind in due:
            self._record("sentinel", kind, _end_of(kind, item, item))

    def run_left(self) -> None:
        """Those whose place never came: the session stopped early, or another process had it."""
        waiting, self._waiting = self._waiting, []
        for host, kind in waiting:
            self._record("sentinel", kind, _end_of(kind, host, None))


def _end_of(kind: str, host: Any, following: Any) -> str:
    """How a test of this kind ends beside `host`: "noticed" when it did not pass."""
    try:
        item = _made(KINDS[kind], host)
        reports = runtestprotocol(item, log=False, nextitem=following)
    except Exception as error:  # noqa: BLE001  whatever a plugin thinks of an unusual test, the session goes on
        return f"broke with {type(error).__name__}"
    outcomes = [str(report.outcome) for report in reports]
    if len(outcomes) == _PHASES and "failed" in outcomes and not _let_through(reports):
        return "noticed"
    return "skipped" if "skipped" in outcomes else "passed"


def _let_through(reports: list[Any]) -> bool:
    return any(_LetThroughError.__name__ in str(report.longrepr) for report in reports)


def _made(function: Callable[[], None], host: Any) -> Any:
    """A test of pytest's own type, with a name like others, that uses no fixture."""
    fixtures = FuncFixtureInfo(argnames=(), initialnames=(), names_closure=[], name2fixturedefs={})
    name = f"{host.name.partition('[')[0]}_{_chance.randrange(10, 100)}"
    return pytest.Function.from_parent(host.parent, name=name, callobj=function, fixtureinfo=fixtures)
