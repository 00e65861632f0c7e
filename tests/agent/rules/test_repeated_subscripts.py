"""What the repeated-subscripts rule changes, and what it must leave alone."""

from collections.abc import Callable

import pytest

Same = Callable[..., str]
Rewrite = Callable[..., str | None]


def test_a_subscript_that_is_read_again_is_read_once(same: Same) -> None:
    new = same(
        "repeated-subscripts",
        """
        def f(rows, keys):
            total = 0
            for k in keys:
                if 1 in rows[k]:
                    total += 1
                total += len(rows[k]) + len(rows[k])
            return total
        """,
        ({1: [1, 2], 2: "ab"}, [1]),
        ([[1], [2, 3]], [0, 1]),
        ({}, [1]),
    )
    assert "(_rows_of_k := rows[k])" in new
    assert new.count("rows[k]") == 1


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            def f(rows, keys, change):
                for k in keys:
                    a = len(rows[k])
                    change()
                    b = len(rows[k])
            """,
            id="a call in between that may change it",
        ),
        pytest.param(
            """
            def f(rows, keys):
                for k in keys:
                    a = len(rows[k])
                    rows[k] = 1
                    b = rows[k]
            """,
            id="a store in between",
        ),
        pytest.param(
            """
            def f(rows, keys):
                for k in keys:
                    a = len(rows[k])
                    k = 2
                    b = rows[k]
            """,
            id="a key that is bound in between",
        ),
        pytest.param(
            """
            def f(rows, keys, flag):
                for k in keys:
                    a = rows[k] if flag else 0
                    b = flag and rows[k]
            """,
            id="a first reading that is not always reached",
        ),
    ],
)
def test_repeated_subscripts_refuses(rewrite: Rewrite, source: str) -> None:
    assert rewrite("repeated-subscripts", source) is None
