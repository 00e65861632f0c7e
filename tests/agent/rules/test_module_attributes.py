"""What the module-attributes rule changes, and what it must leave alone."""

from collections.abc import Callable

import pytest

Same = Callable[..., str]
Rewrite = Callable[..., str | None]


def test_a_function_of_a_module_is_looked_up_before_the_loop(same: Same) -> None:
    new = same(
        "module-attributes",
        """
        import math

        def f(items):
            total = 0.0
            for x in items:
                total += math.sqrt(x) + math.sqrt(x + 1)
            return total
        """,
        ([1, 4],),
        ([],),
        ([-1],),
    )
    assert "_math_sqrt = math.sqrt" in new
    assert new.count("math.sqrt") == 1


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            import math
            math = 3
            def f(items):
                for x in items:
                    math.sqrt(x)
            """,
            id="another math",
        ),
        pytest.param(
            """
            import math
            def f(items):
                for x in items:
                    math.nothing(x)
            """,
            id="a function it does not have",
        ),
        pytest.param(
            """
            import math
            def f(x):
                return math.sqrt(x)
            """,
            id="no loop",
        ),
        pytest.param(
            """
            import time
            def f(items):
                for x in items:
                    time.sleep(x)
            """,
            id="a module that tests replace",
        ),
    ],
)
def test_module_attributes_refuses(rewrite: Rewrite, source: str) -> None:
    assert rewrite("module-attributes", source) is None
