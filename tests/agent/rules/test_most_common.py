"""What the most-common rule changes, and what it must leave alone."""

from collections.abc import Callable

import pytest

Same = Callable[..., str]
Rewrite = Callable[..., str | None]


def test_the_first_of_all_is_the_most_common(same: Same) -> None:
    new = same(
        "most-common",
        """
        from collections import Counter

        def f(items):
            counts = Counter(items)
            return counts.most_common()[0]
        """,
        ("abcab",),
        ("ab",),
        ("",),
    )
    assert "counts.most_common(1)[0]" in new


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            def f(counts):
                return counts.most_common()[0]
            """,
            id="something that is no Counter",
        ),
        pytest.param(
            """
            from collections import Counter
            def f(items):
                return Counter(items).most_common()[-1]
            """,
            id="the last",
        ),
        pytest.param(
            """
            from collections import Counter
            def f(items):
                return Counter(items).most_common()
            """,
            id="all of them",
        ),
    ],
)
def test_most_common_refuses(rewrite: Rewrite, source: str) -> None:
    assert rewrite("most-common", source) is None
