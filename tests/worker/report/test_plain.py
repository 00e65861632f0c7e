"""Text that others wrote, made safe to look at."""

from hypothesis import given
from hypothesis import strategies as st

from worker.report.plain import LONGEST_LINE, LONGEST_TEXT, one_line, printed, visible


def test_characters_that_hide_or_reorder_are_named() -> None:
    assert visible("a\u202egnp\u2066\u200b\ud800") == "a⟨U+202E⟩gnp⟨U+2066⟩⟨U+200B⟩⟨U+D800⟩"


def test_control_characters_become_pictures() -> None:
    assert visible("\x1b[2J\x00\r\x7f") == "␛[2J␀␍␡"


def test_tabs_line_feeds_and_wide_spaces_stay() -> None:
    assert visible("a\tb\n10\u202fms\u00a0é") == "a\tb\n10\u202fms\u00a0é"


def test_colours_of_a_terminal_and_its_line_ends_go() -> None:
    assert printed("\x1b[1;31mFAILED\x1b[0m\r\n\x1b]0;title\x07done") == "FAILED\ndone"


def test_a_line_of_a_megabyte_is_cut_and_says_by_how_much() -> None:
    shown = visible("x" * 20_000)

    assert shown == "x" * LONGEST_LINE + " … 19,400 more characters"


def test_a_long_text_is_cut_and_says_by_how_much() -> None:
    shown = visible("line\n" * 20_000)

    assert len(shown) < LONGEST_TEXT + 100
    assert shown.endswith("… 40,000 more characters are not shown")


def test_one_line_is_the_first_that_says_something() -> None:
    assert one_line("\n  \x1b[31m \n  the reason\nmore") == "the reason"
    assert one_line("abcdefgh", longest=5) == "abcd…"
    assert one_line("") == ""


@given(st.text(st.characters(exclude_categories=())))
def test_nothing_visible_acts(text: str) -> None:
    for shown in (visible(text), printed(text), one_line(text)):
        assert all(character.isprintable() or character.isspace() for character in shown)
        assert not set(shown) & set("\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029")
