"""What the cached-compile rule changes, and what it must leave alone."""

from collections.abc import Callable

import pytest

Same = Callable[..., str]
Rewrite = Callable[..., str | None]


def test_a_computed_pattern_is_compiled_once(same: Same) -> None:
    new = same(
        "cached-compile",
        """
        import re

        class T:
            def __init__(self, rules):
                self.rules = {name: re.compile(p) for name, p in rules.items()}

        def f(rules):
            rules = {name: re.compile(p) for name, p in rules.items()}
            return rules
        """,
        ({"a": "x", "b": b"x"},),
        ({"a": "("},),
        ({"a": []},),
    )
    assert "= lru_cache(maxsize=512, typed=True)(re.compile)" in new
    assert new.count("_compile_pattern(") == 1


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            import re
            def f(p):
                return re.compile(p, re.DEBUG)
            """,
            id="flags",
        ),
        pytest.param(
            """
            import re
            def f():
                return re.compile('a')
            """,
            id="a literal",
        ),
        pytest.param(
            """
            def f(p):
                return compile(p, '', 'exec')
            """,
            id="another compile",
        ),
    ],
)
def test_cached_compile_refuses(rewrite: Rewrite, source: str) -> None:
    assert rewrite("cached-compile", source) is None
