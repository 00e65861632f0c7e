"""What the any-all rule changes, and what it must leave alone."""

from collections.abc import Callable

import pytest

Same = Callable[..., str]
Rewrite = Callable[..., str | None]


def test_any_stops_at_the_first(same: Same) -> None:
    new = same(
        "any-all",
        """
        def f(n):
            items = list(range(n))
            return any([x == 3 for x in items]), all([isinstance(x, int) for x in items])
        """,
        (5,),
        (0,),
    )
    assert "any(x == 3 for x in items)" in new


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            def f(n, g):
                items = list(range(n))
                return any([g(x) for x in items])
            """,
            id="a call that may be seen",
        ),
        pytest.param(
            """
            def f(items):
                return any([x == 1 for x in items])
            """,
            id="an iterator that would not be used up",
        ),
        pytest.param(
            """
            def f(n):
                items = list(range(n))
                return any([1 / x for x in items])
            """,
            id="a division that may fail",
        ),
    ],
)
def test_any_all_refuses(rewrite: Rewrite, source: str) -> None:
    assert rewrite("any-all", source) is None
