"""What the invariant-build rule changes, and what it must leave alone."""

from collections.abc import Callable

import pytest

Same = Callable[..., str]
Rewrite = Callable[..., str | None]


def test_a_set_of_a_list_that_stays_the_same_is_made_once(same: Same) -> None:
    new = same(
        "invariant-build",
        """
        def f(items, wanted):
            known = [x for x in items if x]
            return_value = []
            for y in wanted:
                if y in set(known):
                    return_value.append(y)
            return return_value
        """,
        ([1, 2, 0], [2, 3, 0]),
        ([[1]], [1]),
        ([[1]], []),
    )
    assert "_set = None" in new
    assert "(_set := set(known))" in new


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            def f(items):
                known = []
                for y in items:
                    if y in set(known):
                        known.append(y)
            """,
            id="a list that grows in the loop",
        ),
        pytest.param(
            """
            def f(known, wanted):
                return_value = []
                for y in wanted:
                    if y in set(known):
                        return_value.append(y)
            """,
            id="an argument that may be an iterator",
        ),
        pytest.param(
            """
            def f(items, call):
                known = list(items)
                call(known)
                for y in items:
                    if y in set(known):
                        call()
            """,
            id="a list that others can change",
        ),
        pytest.param(
            """
            def f(items, out):
                known = list(items)
                for y in items:
                    x = set(known)
                    out.append(x)
            """,
            id="a set that is kept",
        ),
        pytest.param(
            """
            def f(items):
                known = list(items)
                for y in items:
                    if y in set(known):
                        yield known
            """,
            id="a generator",
        ),
    ],
)
def test_invariant_build_refuses(rewrite: Rewrite, source: str) -> None:
    assert rewrite("invariant-build", source) is None
