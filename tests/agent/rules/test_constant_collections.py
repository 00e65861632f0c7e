"""What the constant-collections rule changes, and what it must leave alone."""

from collections.abc import Callable

import pytest

Same = Callable[..., str]
Rewrite = Callable[..., str | None]


def test_a_constant_dict_that_is_only_read_is_built_once(same: Same) -> None:
    new = same(
        "constant-collections",
        """
        def f(key):
            names = {"a": (1, 2), "b": (3, 4), "c": (5, 6)}
            try:
                return names[key][0]
            except KeyError:
                return names.get(key, len(names))
        """,
        ("a",),
        ("x",),
        ([],),
    )
    assert "names = _F_VALUES" in new


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            def f(key):
                names = {"a": 1, "b": 2, "c": 3}
                names[key] = 1
                return names["a"]
            """,
            id="a dict that is changed",
        ),
        pytest.param(
            """
            def f(key):
                names = {"a": 1, "b": 2, "c": 3}
                return names
            """,
            id="a dict that is returned",
        ),
        pytest.param(
            """
            def f(key):
                names = {"a": 1, "b": 2, "c": key}
                return names["a"]
            """,
            id="an element that is no literal",
        ),
        pytest.param(
            """
            def f(key, g):
                names = {"a": 1, "b": 2, "c": 3}
                return g(names)
            """,
            id="a dict that is passed on",
        ),
        pytest.param(
            """
            def f(key):
                names = {"a": [], "b": [], "c": []}
                return names["a"]
            """,
            id="a list inside",
        ),
        pytest.param(
            """
            def f(key):
                names = {"a": 1, "b": 2, "c": 3}
                other = names
                other["d"] = 3
                return names["a"]
            """,
            id="a dict that gets another name",
        ),
        pytest.param(
            """
            def f(key):
                names = {"a": 1, "b": 2, "c": 3}
                return names.pop(key)
            """,
            id="a popped key",
        ),
    ],
)
def test_constant_collections_refuses(rewrite: Rewrite, source: str) -> None:
    assert rewrite("constant-collections", source) is None
