"""What the range-len rule changes, and what it must leave alone."""

from collections.abc import Callable

import pytest

Same = Callable[..., str]
Rewrite = Callable[..., str | None]


def test_an_index_becomes_enumerate(same: Same) -> None:
    new = same(
        "range-len",
        """
        def f(n):
            items = [str(x) for x in range(n)]
            out = []
            for i in range(len(items)):
                out.append(items[i] * i)
            return out
        """,
        (4,),
        (0,),
    )
    assert "for i, _item in enumerate(items):" in new
    assert "_item * i" in new


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            def f(items):
                for i in range(len(items)):
                    print(items[i])
            """,
            id="something that is no sequence",
        ),
        pytest.param(
            """
            def f(n):
                items = list(n)
                for i in range(len(items)):
                    items[i] = items[i] + 1
            """,
            id="a list that changes",
        ),
        pytest.param(
            """
            def f(n):
                items = list(n)
                for i in range(len(items)):
                    items.append(items[i])
            """,
            id="a list that grows",
        ),
        pytest.param(
            """
            def f(n, g):
                items = list(n)
                g(items)
                for i in range(len(items)):
                    g(items[i])
            """,
            id="a list that others have",
        ),
        pytest.param(
            """
            def f(n):
                items = list(n)
                for i in range(len(items)):
                    i += 1
                    print(items[i])
            """,
            id="an index that changes",
        ),
    ],
)
def test_range_len_refuses(rewrite: Rewrite, source: str) -> None:
    assert rewrite("range-len", source) is None
