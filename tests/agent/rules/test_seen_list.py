"""What the seen-list rule changes, and what it must leave alone."""

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.rules.catalogue import load
from agent.rules.hot import HotFunction

Same = Callable[..., str]
Rewrite = Callable[..., str | None]


def test_a_list_of_things_seen_gets_a_set_beside_it(same: Same) -> None:
    new = same(
        "seen-list",
        """
        def f(items):
            seen = []
            for x in items:
                if x not in seen:
                    seen.append(x)
            return seen
        """,
        ([1, 2, 1, True, 1.0, "a", "a", None],),
        ([[1], [1], 2, 2],),
        ([float("inf")] * 3,),
        ([],),
        (3,),
    )
    assert "seen_set = set()" in new
    assert "if x not in (seen_set if type(x) in plain_types else seen):\n" in new
    assert max(map(len, new.splitlines())) <= 100


def test_a_list_with_values_put_in_twice_or_with_odd_ones_holds_the_same(same: Same) -> None:
    new = same(
        "seen-list",
        """
        def f(items):
            seen = []
            for x in items:
                seen.append(x)  # again (and again)
                for y in items:
                    if y not in seen:
                        seen.append(y)
            return seen
        """,
        ([1, 2, 1, 3],),
        ([1, [], 1, Fraction(2), 2, 2.0, []],),
        ([Fraction(1), 1, True, {}, {}],),
    )
    assert "plain_types = ()" in new


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            def f(items):
                seen = []
                for x in items:
                    if x not in seen:
                        seen.append(x)
                    else:
                        seen.remove(x)
                return seen
            """,
            id="a list that loses elements",
        ),
        pytest.param(
            """
            def f(items, show):
                seen = []
                for x in items:
                    if x not in seen:
                        seen.append(x)
                    show(seen)
                return seen
            """,
            id="a list that is handed out before the last test",
        ),
        pytest.param(
            """
            def f(items, seen):
                for x in items:
                    if x not in seen:
                        seen.append(x)
            """,
            id="a list that belongs to the caller",
        ),
        pytest.param(
            """
            def f(items):
                seen = []
                def clear():
                    seen.clear()
                for x in items:
                    if x not in seen:
                        seen.append(x)
                    clear()
                return seen
            """,
            id="a list that a nested function sees",
        ),
        pytest.param(
            """
            def f(items):
                seen = []
                for x in items:
                    if x not in seen:
                        seen.append(x)
                        yield x
            """,
            id="a generator, whose consumer may change the list",
        ),
        pytest.param(
            """
            def set():
                return None
            def f(items):
                seen = []
                for x in items:
                    if x not in seen:
                        seen.append(x)
                return seen
            """,
            id="another set builtin",
        ),
    ],
)
def test_seen_list_refuses(rewrite: Rewrite, source: str) -> None:
    assert rewrite("seen-list", source) is None


ODD: tuple[object, ...] = (0, 1, True, 1.0, "a", b"a", None, float("nan"), Fraction(1), (), [], {}, frozenset())


@settings(max_examples=200, deadline=None)
@given(items=st.lists(st.sampled_from(ODD), max_size=12))
def test_any_values_in_any_order_give_the_same_list(items: list[object]) -> None:
    source = "def f(items):\n    seen = []\n    for x in items:\n        if x not in seen:\n            seen.append(x)\n    return seen\n"
    (rule,) = load(("seen-list",))
    kept = []
    for text in (source, rule.rewrite(source, (HotFunction(name="f", share=1.0),))):
        names: dict[str, Callable[[list[object]], list[object]]] = {}
        exec(str(text), names)
        kept.append([id(x) for x in names["f"](items)])
    assert kept[0] == kept[1]
