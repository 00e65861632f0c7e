"""What the seen-list rule changes, and what it must leave alone."""

from collections.abc import Callable

import pytest

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
    assert "x not in seen_set if type(x) in _PLAIN_TYPES" in new


def test_a_list_with_values_put_in_twice_is_scanned_as_before(same: Same) -> None:
    new = same(
        "seen-list",
        """
        def f(items):
            seen = []
            for x in items:
                seen.append(x)
                for y in items:
                    if y not in seen:
                        seen.append(y)
            return seen
        """,
        ([1, 2, 1, 3],),
    )
    assert "len(seen_set) == len(seen)" in new


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
