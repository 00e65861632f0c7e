"""What the cached-function rule changes, and what it must leave alone."""

from collections.abc import Callable

import pytest

Same = Callable[..., str]
Rewrite = Callable[..., str | None]


def test_a_function_that_only_normalises_text_remembers(same: Same) -> None:
    new = same(
        "cached-function",
        """
        import re

        _DASHES = re.compile(r"[-_.]+")

        def f(name: str) -> str:
            return _DASHES.sub("-", name).lower()
        """,
        ("A_b.c",),
        ("",),
    )
    assert "@lru_cache(maxsize=1024, typed=True)" in new


def test_a_branching_recursion_over_numbers_remembers(same: Same) -> None:
    new = same(
        "cached-function",
        """
        def f(n: int) -> int:
            if n < 2:
                return n
            return f(n - 1) + f(n - 2)
        """,
        (15,),
        (True,),
    )
    assert "lru_cache" in new


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            import re
            COUNT = [0]
            def f(name: str) -> str:
                COUNT[0] += 1
                return re.sub("a", "b", name)
            """,
            id="a global that changes",
        ),
        pytest.param(
            """
            import re
            def f(name) -> str:
                return re.sub('a', 'b', name)
            """,
            id="a parameter without its type",
        ),
        pytest.param(
            """
            import re
            def f(name: str) -> list:
                return re.split('a', name)
            """,
            id="a list as result",
        ),
        pytest.param(
            """
            import re
            def f(name: str) -> str:
                return re.sub('a', 'b', g(name))
            """,
            id="another function, of which nothing is known",
        ),
        pytest.param(
            """
            import re
            def f(name: str) -> str:
                return re.sub('a', name, name)
            """,
            id="a replacement that is a function",
        ),
        pytest.param(
            """
            def f(n: int) -> int:
                for i in range(n):
                    print(i)
                return n
            """,
            id="printing",
        ),
        pytest.param(
            """
            def f(n: int) -> int:
                return 0 if n == 0 else 1 + f(n - 1)
            """,
            id="a chain of calls that would run out of stack",
        ),
        pytest.param(
            """
            import re
            import x
            @x.y
            def f(name: str) -> str:
                return re.sub('a', 'b', name)
            """,
            id="a decorated function",
        ),
        pytest.param(
            """
            import random
            def f(n: int) -> int:
                for i in range(n):
                    n += random.randint(1, 2)
                return n
            """,
            id="a random number",
        ),
    ],
)
def test_cached_function_refuses(rewrite: Rewrite, source: str) -> None:
    assert rewrite("cached-function", source) is None
