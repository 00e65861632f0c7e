"""Text that others wrote (a repository, a model, a failing test), made safe to look at.

It may hide things: terminal colours and cursor moves, controls that reverse the reading direction, characters of no
width, halves of surrogate pairs, lines of a megabyte. All of it is shown or cut, nothing of it acts.
"""

import re
import unicodedata

LONGEST_LINE = 600
"""Characters of one line that are shown."""
LONGEST_TEXT = 60_000
"""Characters of one text that are shown."""

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL_PICTURES = 0x2400
_DELETE = 0x7F


def visible(text: str) -> str:
    """`text` with every character that would act or hide replaced by one that can be seen, overlong parts cut."""
    if len(text) > LONGEST_TEXT:
        text = f"{text[:LONGEST_TEXT]}\n… {len(text) - LONGEST_TEXT:,d} more characters are not shown"
    return "\n".join(map(visible_line, text.split("\n")))


def printed(text: str) -> str:
    """What a program printed, as a terminal would leave it but without its colours; then `visible`."""
    return visible(_ANSI.sub("", text).replace("\r\n", "\n"))


def one_line(text: str, *, longest: int = 160) -> str:
    """The first line of `text` that says something, cut to `longest` characters."""
    line = next((line.strip() for line in printed(text).split("\n") if line.strip()), "")
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def visible_line(line: str) -> str:
    """The same for one line."""
    if len(line) > LONGEST_LINE:
        line = f"{line[:LONGEST_LINE]} … {len(line) - LONGEST_LINE:,d} more characters"
    return line if line.isprintable() else "".join(map(_visible_character, line))


def _visible_character(character: str) -> str:
    code = ord(character)
    if character.isprintable() or character == "\t" or unicodedata.category(character) == "Zs":
        return character
    if code < ord(" "):
        return chr(_CONTROL_PICTURES + code)
    return "␡" if code == _DELETE else f"⟨U+{code:04X}⟩"
