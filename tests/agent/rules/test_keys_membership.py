"""What the keys-membership rule changes, and what it must leave alone."""

from collections.abc import Callable

import pytest

Same = Callable[..., str]
Rewrite = Callable[..., str | None]


def test_a_key_is_looked_up_in_the_dict(same: Same) -> None:
    new = same(
        "keys-membership",
        """
        def f(k):
            d = {}
            d[1] = 2
            return k in d.keys(), k not in set(d.keys())
        """,
        (1,),
        (2,),
        ([],),
    )
    assert "k in d," in new


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            def f(d, k):
                return k in d.keys()
            """,
            id="another mapping",
        ),
        pytest.param(
            """
            def f(k):
                d = {}
                return k in d.values()
            """,
            id="values",
        ),
        pytest.param(
            """
            def f(k, g):
                d = {}
                d = g(d)
                return k in d.keys()
            """,
            id="a dict that may be something else",
        ),
    ],
)
def test_keys_membership_refuses(rewrite: Rewrite, source: str) -> None:
    assert rewrite("keys-membership", source) is None
