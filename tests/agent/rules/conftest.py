"""What tests of rules share: applying one to a source, and running what comes out."""

from collections.abc import Callable, Mapping
from textwrap import dedent
from typing import Any

import pytest

from agent.rules.catalogue import load
from agent.rules.hot import HotFunction

Rewriter = Callable[..., str | None]
Runner = Callable[..., Any]


@pytest.fixture
def rewrite() -> Rewriter:
    """`rewrite(rule, source, function="f")` is the new text, or None; ruff's rules go by their code."""

    def apply(rule: str, source: str, function: str = "f") -> str | None:
        hot = (HotFunction(name=function, share=1.0),)
        found = {one.name: one for one in load((rule.partition("-")[0] if rule.startswith("ruff-") else rule,))}
        return found[rule].rewrite(dedent(source), hot)

    return apply


@pytest.fixture
def outcome() -> Runner:
    """`outcome(source, *args)` is what f returns, or the type and text of what it raises, and the arguments after it."""

    def run(source: str, *args: Any, function: str = "f") -> tuple[object, ...]:
        names: dict[str, Any] = {"__name__": "example"}
        exec(compile(dedent(source), "example.py", "exec"), names)
        try:
            return ("returned", eval(function, names)(*args), args)
        except Exception as error:  # noqa: BLE001 - any error is an outcome
            return ("raised", type(error), str(error), args)

    return run


@pytest.fixture
def same(rewrite: Rewriter, outcome: Runner) -> Callable[..., str]:
    """`same(rule, source, *inputs)`: the rule changes `source`, and f (or `call`) does the same for each; the new text."""

    def check(rule: str, source: str, *inputs: tuple[Any, ...], function: str = "f", call: str = "") -> str:
        new = rewrite(rule, source, function)
        assert new is not None, f"{rule} changes nothing"
        for make in inputs:
            before = outcome(source, *_copied(make), function=call or function)
            assert outcome(new, *_copied(make), function=call or function) == before
        return new

    return check


def _copied(args: tuple[Any, ...]) -> tuple[Any, ...]:
    kinds: Mapping[type, Callable[[Any], Any]] = {list: list, dict: dict, set: set}
    return tuple(kinds.get(type(arg), lambda value: value)(arg) for arg in args)
