"""What the compiled-regex rule changes, and what it must leave alone."""

from collections.abc import Callable

import pytest

Same = Callable[..., str]
Rewrite = Callable[..., str | None]


def test_a_literal_pattern_is_compiled_at_import(same: Same) -> None:
    new = same(
        "compiled-regex",
        """
        import re

        def f(text):
            found = re.findall(r"a+", text, re.I | re.M)
            match = re.compile("b").search(text)
            return found, bool(match), re.sub(
                r"(x)",  # the letter
                r"<\\1>",
                text, count=1, flags=re.I,
            ), re.split(",", text, 1)
        """,
        ("aAbx,x,y",),
        ("",),
        (3,),
        (b"a",),
    )
    assert new.count("= re.compile(") == 4
    assert "_F_REGEX.findall(text)" in new
    assert "count=1" in new


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            import re
            def f(p, text):
                return re.match(p, text)
            """,
            id="a computed pattern",
        ),
        pytest.param(
            """
            import re
            def f(text):
                return re.match('(', text)
            """,
            id="a pattern that does not compile",
        ),
        pytest.param(
            """
            import re
            def f(text, flags):
                return re.match('a', text, flags)
            """,
            id="a flag that is computed",
        ),
        pytest.param(
            """
            import re
            re = None
            def f(text):
                return re.match('a', text)
            """,
            id="another re",
        ),
        pytest.param(
            """
            def f(text):
                import re
                return re.match('a', text)
            """,
            id="re imported within the function",
        ),
        pytest.param(
            """
            def f(text):
                return re.match('a', text)
            import re
            """,
            id="re imported later",
        ),
        pytest.param(
            """
            import re
            def f(text):
                return re.match(string=text, pattern='a')
            """,
            id="a pattern by keyword",
        ),
    ],
)
def test_compiled_regex_refuses(rewrite: Rewrite, source: str) -> None:
    assert rewrite("compiled-regex", source) is None
