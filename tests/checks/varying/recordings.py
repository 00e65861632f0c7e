"""Recorded steps for tests, and the values that their trees stand for."""

import base64
from typing import Any

from hypothesis import strategies as st

from checks.calls.steps import Step, Tree


def a_step(*args: Tree, function: str = "pkg/m.py:f", do: Any = "call", **kwargs: Tree) -> Step:
    return Step(
        do=do, function=function, module="pkg.m", args=args, kwargs=tuple(kwargs.items()), caller=("main.py", "main")
    )


def of(value: object) -> Tree:
    """The tree of a value without aliases."""
    if isinstance(value, float) and (value != value or value in {float("inf"), float("-inf")}):  # noqa: PLR0124 - NaN
        return {"float": str(value)}
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {"dict": [[of(key), of(item)] for key, item in value.items()]}
    if isinstance(value, list | tuple | set | frozenset):
        return {type(value).__name__: [of(each) for each in value]}
    return value


def value_of(tree: Tree) -> object:
    """The value of a tree without aliases; objects of other steps are their numbers."""
    if not isinstance(tree, dict):
        return tree
    (kind, held), *_ = tree.items()
    makers: dict[str, Any] = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}
    if kind in makers:
        return makers[kind](value_of(each) for each in held)
    if kind == "dict":
        return {value_of(key): value_of(item) for key, item in held}
    if kind == "bytes":
        return base64.b64decode(held)
    return float(held) if kind == "float" else (kind, held)


HASHABLE = (
    st.integers() | st.text(max_size=6) | st.booleans() | st.none() | st.floats(allow_nan=False) | st.binary(max_size=4)
)
VALUES = st.recursive(
    HASHABLE | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(HASHABLE, inner, max_size=4)
        | st.sets(st.integers(), max_size=4)
    ),
    max_leaves=12,
)
STEPS = st.lists(
    st.lists(VALUES, min_size=1, max_size=3).map(lambda values: a_step(*map(of, values))), min_size=1, max_size=4
)
