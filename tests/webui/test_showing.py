"""Text of others in places where Streamlit reads Markdown."""

import pytest

from webui.showing import escaped


@pytest.mark.parametrize(
    "text",
    ["see https://evil.example/login", "www.evil.example", "WWW.EVIL.EXAMPLE", "a@evil.example", "x://y", "`://`"],
)
def test_what_would_become_a_link_is_code(text: str) -> None:
    shown = escaped(text)
    ticks = len(shown) - len(shown.lstrip("`"))
    assert ticks > 0
    assert shown == f"{'`' * ticks} {text} {'`' * ticks}"
    assert "`" * ticks not in text


def test_a_span_of_code_ends_no_directive_around_it() -> None:
    assert escaped(r"a@b]] \] [x](y)") == r"` a@b\]\] \\\] \[x\](y) `"


def test_no_mark_means_anything() -> None:
    assert escaped("**a** [b](c) $d$ :red[e]") == r"\*\*a\*\* \[b\]\(c\) \$d\$ \:red\[e\]"
