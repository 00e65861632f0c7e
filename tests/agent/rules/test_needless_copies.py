"""What the needless-copies rule changes, and what it must leave alone."""

from collections.abc import Callable

import pytest

Same = Callable[..., str]
Rewrite = Callable[..., str | None]


def test_a_copy_that_is_consumed_at_once_goes(same: Same) -> None:
    new = same(
        "needless-copies",
        """
        def f(items):
            total = 0
            for i in list(range(len(items))):
                total += i
            return total, sorted(list(items)), set(tuple(items))
        """,
        ([3, 1],),
        ("ab",),
        ({3: 4},),
    )
    assert "sorted(items)" in new
    assert "in range(len(items)):" in new


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            def f(items):
                for x in list(items):
                    items.remove(x)
            """,
            id="a copy that protects the loop",
        ),
        pytest.param(
            """
            def f(d):
                for k in list(d.keys()):
                    del d[k]
            """,
            id="a copy of keys",
        ),
        pytest.param(
            """
            def f(items):
                return list(items)
            """,
            id="a copy that is kept",
        ),
        pytest.param(
            """
            def f(items):
                return sum(list(items), 1)
            """,
            id="two arguments",
        ),
    ],
)
def test_needless_copies_refuses(rewrite: Rewrite, source: str) -> None:
    assert rewrite("needless-copies", source) is None
