"""What the grouping rule changes, and what it must leave alone."""

from collections.abc import Callable

import pytest

Same = Callable[..., str]
Rewrite = Callable[..., str | None]


def test_a_group_is_found_or_made_in_one_lookup(same: Same) -> None:
    new = same(
        "grouping",
        """
        def f(items):
            groups = {}
            for x in items:
                if x not in groups:
                    groups[x] = []
                groups[x].append(x)
            return groups
        """,
        ([1, 2, 1],),
        ([[1]],),
    )
    assert "groups.setdefault(x, []).append(x)" in new


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            def f(items, groups):
                for x in items:
                    if x not in groups:
                        groups[x] = []
                    groups[x].append(x)
            """,
            id="a mapping of the caller",
        ),
        pytest.param(
            """
            def f(items):
                groups = {}
                for x in items:
                    if x not in groups:
                        groups[x] = []
                    else:
                        print(x)
                    groups[x].append(x)
            """,
            id="an else",
        ),
        pytest.param(
            """
            def f(items):
                groups = {}
                for x in items:
                    if x not in groups:
                        groups[x] = [1]
                    groups[x].append(x)
            """,
            id="a full container",
        ),
        pytest.param(
            """
            def f(items, y):
                groups = {}
                for x in items:
                    if x not in groups:
                        groups[x] = []
                    groups[y].append(x)
            """,
            id="another key",
        ),
    ],
)
def test_grouping_refuses(rewrite: Rewrite, source: str) -> None:
    assert rewrite("grouping", source) is None
