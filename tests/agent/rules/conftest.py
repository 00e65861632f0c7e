"""What tests of rules share: applying one to a source, and running what comes out."""

import ast
from collections.abc import Callable, Iterator, Mapping
from textwrap import dedent
from typing import Any

import pytest

from agent.rules.catalogue import combined, load
from agent.rules.hot import HotFunction

Rewriter = Callable[..., str | None]
Runner = Callable[..., Any]


@pytest.fixture
def rewrite() -> Rewriter:
    """`rewrite(rule, source, function="f")` is the new text, or None; ruff's rules go by their code.

    What a rule made, functions included, it must leave alone.
    """

    def apply(rule: str, source: str, function: str = "f") -> str | None:
        hot = (HotFunction(name=function, share=1.0),)
        found = {one.name: one for one in load((rule.partition("-")[0] if rule.startswith("ruff-") else rule,))}
        new = found[rule].rewrite(dedent(source), hot)
        if new is not None:
            old = {one.name for one in everything(dedent(source))}
            made = tuple(one for one in everything(new) if one.name not in old)
            assert found[rule].rewrite(new, (*hot, *made)) is None, f"{rule} changes its own output"
        return new

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
    """`same(rule, source, *inputs)`: the rule changes `source`, and f (or `call`) does the same for each; the new text.

    So does what all rules together make of it, which they then leave alone.
    """

    def check(rule: str, source: str, *inputs: tuple[Any, ...], function: str = "f", call: str = "") -> str:
        new = rewrite(rule, source, function)
        assert new is not None, f"{rule} changes nothing"
        every, _ = combined(dedent(source), everything(dedent(source)), load(None))
        assert combined(every, everything(every), load(None)) == (every, ())
        for make in inputs:
            before = outcome(source, *_copied(make), function=call or function)
            assert outcome(new, *_copied(make), function=call or function) == before
            assert outcome(every, *_copied(make), function=call or function) == before
        return new

    return check


def everything(source: str) -> tuple[HotFunction, ...]:
    """Every function of `source`, hot."""
    return tuple(HotFunction(name=name, share=0.5) for name in dict.fromkeys(_functions(ast.parse(source), "")))


def _functions(tree: ast.AST, prefix: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not isinstance(child, ast.ClassDef):
                yield f"{prefix}{child.name}"
            yield from _functions(child, f"{prefix}{child.name}.")
        else:
            yield from _functions(child, prefix)


@pytest.fixture
def all_hot() -> Callable[[str], tuple[HotFunction, ...]]:
    """`all_hot(source)`: every function of `source`, hot."""
    return everything


def _copied(args: tuple[Any, ...]) -> tuple[Any, ...]:
    kinds: Mapping[type, Callable[[Any], Any]] = {list: list, dict: dict, set: set}
    return tuple(kinds.get(type(arg), lambda value: value)(arg) for arg in args)
