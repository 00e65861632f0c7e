"""What the flat-sum rule changes, and what it must leave alone."""

from collections.abc import Callable

import pytest

Same = Callable[..., str]
Rewrite = Callable[..., str | None]


def test_lists_are_chained(same: Same) -> None:
    new = same(
        "flat-sum",
        """
        def f(rows):
            return sum([[x, x] for x in rows], [])
        """,
        ([1, 2],),
        ([],),
        (3,),
    )
    assert "list(chain.from_iterable(" in new


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            def f(rows):
                return sum([x for x in rows], 0)
            """,
            id="numbers",
        ),
        pytest.param(
            """
            def f(rows):
                return sum([x for x in rows], [])
            """,
            id="what may be no list",
        ),
        pytest.param(
            """
            def f(rows, start):
                return sum([[x] for x in rows], start)
            """,
            id="a list to start from",
        ),
        pytest.param(
            """
            def sum(a, b):
                return a
            def f(rows):
                return sum([[x] for x in rows], [])
            """,
            id="another sum",
        ),
    ],
)
def test_flat_sum_refuses(rewrite: Rewrite, source: str) -> None:
    assert rewrite("flat-sum", source) is None
