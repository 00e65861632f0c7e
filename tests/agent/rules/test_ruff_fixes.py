"""What the ruff-PERF401 rule changes, and what it must leave alone."""

from collections.abc import Callable

import pytest

Same = Callable[..., str]
Rewrite = Callable[..., str | None]


def test_an_appending_loop_becomes_a_comprehension(same: Same) -> None:
    new = same(
        "ruff-PERF401",
        """
        def f(items):
            out = []
            for x in items:
                if x:
                    out.append(x + 1)
            return out
        """,
        ([0, 1],),
        ([],),
    )
    assert "append" not in new


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            def f(items):
                return items
            def g(items):
                out = []
                for x in items:
                    out.append(x + 1)
                return out
            """,
            id="a loop in another function",
        ),
        pytest.param(
            """
            def f(items):
                out = []
                for x in items:
                    out.append(x + 1)
                return out, x
            """,
            id="a loop variable that is read afterwards",
        ),
        pytest.param(
            """
            def f(items):
                return [x + 1 for x in items]
            """,
            id="nothing to do",
        ),
    ],
)
def test_ruff_fixes_refuses(rewrite: Rewrite, source: str) -> None:
    assert rewrite("ruff-PERF401", source) is None
