"""What the membership-literal rule changes, and what it must leave alone."""

from collections.abc import Callable

import pytest

Same = Callable[..., str]
Rewrite = Callable[..., str | None]


def test_a_number_is_looked_up_in_a_set(same: Same) -> None:
    new = same(
        "membership-literal",
        """
        def f(items):
            count = 0
            for i in range(len(items)):
                if i in (1, 2, 3, 5):
                    count += 1
                if str(i) not in ["1", "2", "3", "4"]:
                    count += 10
            return count
        """,
        ([0] * 9,),
        ([],),
    )
    assert "i in {1, 2, 3, 5}" in new


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            def f(x):
                return x in (1, 2, 3, 4)
            """,
            id="a value that may be unhashable",
        ),
        pytest.param(
            """
            def f(x: int):
                return x in (1, 2, 3)
            """,
            id="few elements",
        ),
        pytest.param(
            """
            def f(x: int, y):
                return x in (1, 2, 3, y)
            """,
            id="elements that are no literals",
        ),
        pytest.param(
            """
            def f(items):
                i = items
                for i in range(3):
                    pass
                return i in (1, 2, 3, 4)
            """,
            id="a name that is bound twice to other things",
        ),
    ],
)
def test_membership_literal_refuses(rewrite: Rewrite, source: str) -> None:
    assert rewrite("membership-literal", source) is None
