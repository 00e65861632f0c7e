"""What the generator-arguments rule changes, and what it must leave alone."""

from collections.abc import Callable

import pytest

Same = Callable[..., str]
Rewrite = Callable[..., str | None]


def test_a_generator_that_becomes_a_list_anyway_is_a_comprehension(same: Same) -> None:
    new = same(
        "generator-arguments",
        """
        def f(items):
            return tuple(x + 1 for x in items), ",".join(str(x) for x in items if x), sorted((x for x in items), reverse=True)
        """,
        ([3, 1, 2],),
        (["a"],),
        (None,),
    )
    assert "tuple([x + 1 for x in items])" in new
    assert "reverse=True" in new


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            def f(items):
                return any(x for x in items)
            """,
            id="a generator that stops early",
        ),
        pytest.param(
            """
            def f(items):
                return tuple(next(x) for x in items)
            """,
            id="next in it",
        ),
        pytest.param(
            """
            def tuple(x):
                return x
            def f(items):
                return tuple(x for x in items)
            """,
            id="another tuple",
        ),
        pytest.param(
            """
            def f(path, items):
                return path.join(x for x in items)
            """,
            id="a join of something else",
        ),
    ],
)
def test_generator_arguments_refuses(rewrite: Rewrite, source: str) -> None:
    assert rewrite("generator-arguments", source) is None
