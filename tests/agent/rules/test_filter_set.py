"""What the filter-set rule changes, and what it must leave alone."""

from collections.abc import Callable

import pytest

Same = Callable[..., str]
Rewrite = Callable[..., str | None]


def test_new_elements_are_looked_up_in_a_set(same: Same) -> None:
    new = same(
        "filter-set",
        """
        def f(old, new):
            old += [a for a in new if a not in old]
            return old
        """,
        (list(range(20)), [1, 30, 30, "x"]),
        ([[1]] * 9, [[1], [2]]),
        ((1, 2), [1, 3]),
        (list(range(20)), [[1], 2]),
        (None, [1]),
    )
    assert "_known = _as_set(old, new)" in new
    assert "if a not in _known" in new


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            def f(old, new, g):
                return [g(a) for a in new if a not in old]
            """,
            id="a call in the comprehension that may change the list",
        ),
        pytest.param(
            """
            def f(old, new, flag):
                return [] if flag else [a for a in new if a not in old]
            """,
            id="a comprehension that is not always reached",
        ),
        pytest.param(
            """
            def f(old, new):
                return max(new.pop(), [a for a in new if a not in old])
            """,
            id="a call before it",
        ),
        pytest.param(
            """
            OLD = []
            def f(new):
                return [a for a in new if a not in OLD]
            """,
            id="a list of the module",
        ),
        pytest.param(
            """
            def f(old, new):
                return (a for a in new if a not in old)
            """,
            id="a lazy generator",
        ),
    ],
)
def test_filter_set_refuses(rewrite: Rewrite, source: str) -> None:
    assert rewrite("filter-set", source) is None
