"""What a changed text hides from its reader: characters that act or show nothing, another encoding, letters of another alphabet.

Boucher and Anderson, *Trojan Source: Invisible Vulnerabilities* (USENIX Security 2023), is about the first and the last.
What the original has already is no disguise: only what a patch adds counts.
"""

import builtins
import keyword
import re
import sys
from collections import Counter
from collections.abc import Iterator

from core.lookalikes import INVISIBLE, is_hidden, skeleton
from core.patch import FileChange

_COOKIE = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_PLAIN_ENCODINGS = frozenset({"utf-8", "utf8", "utf_8", "ascii", "us-ascii"})
_LONE_RETURN = re.compile(r"\r(?!\n|\Z)")
_PARTS = "".join(sorted(INVISIBLE)) + "\u0300-\u036f"
_NAME = re.compile(rf"(\.\s*)?(?<![\w{_PARTS}])([^\W\d][\w{_PARTS}]*)")
_SHORT = 2
"""Letters of names that prose in another alphabet is full of."""
_KNOWN = frozenset({*dir(builtins), *keyword.kwlist, *keyword.softkwlist, *sys.stdlib_module_names})


def disguises(change: FileChange, before: str, after: str) -> Iterator[str]:
    """What `change` hides in the file that was `before` and is `after`, each with its place."""
    yield from _hidden_characters(change)
    if re.search(r"\.py[iwx]?$", change.path, re.IGNORECASE):
        yield from _encoding(before, after)
        yield from _false_names(change, before, after)


def _hidden_characters(change: FileChange) -> Iterator[str]:
    """Those of which the new lines have more than the old ones: a line may be moved with what is in it."""
    spare = Counter(found for line in change.removed() for found in _hidden_in(line))
    for number, line in change.added():
        for character in _hidden_in(line):
            spare[character] -= 1
            if spare[character] < 0:
                yield f"line {number} has the character U+{ord(character):04X}, {_what(character)}"


def _hidden_in(line: str) -> list[str]:
    if line.isascii() and line.rstrip("\r\n").isprintable():
        return []
    acts = [character for character in line if character not in "\t\n\r\ufe0f" and is_hidden(character)]
    return acts + _LONE_RETURN.findall(line)


def _what(character: str) -> str:
    if character == "\r":
        return "which Python takes for the end of the line"
    return "which is no valid UTF-8" if "\ud800" <= character <= "\udfff" else "which can't be seen or changes what is"


def _encoding(before: str, after: str) -> Iterator[str]:
    declared = _declared(after)
    if declared != _declared(before) and declared.lower() not in _PLAIN_ENCODINGS:
        yield f"it declares the encoding {declared!a}, so that Python reads another text than people"


def _declared(text: str) -> str:
    """As in PEP 263: in a comment in one of the first two lines."""
    matches = (_COOKIE.match(line) for line in re.split(r"\r\n|\r|\n", text, maxsplit=2)[:2])
    return next((match[1] for match in matches if match), "utf-8")


def _false_names(change: FileChange, before: str, after: str) -> Iterator[str]:
    """New names that look like another one: Python normalises some letters and tells others apart."""
    if all(line.isascii() for _, line in change.added()):
        return
    old = set(_names(before))
    known = {name for _, name in _names(after) if name.isascii()} | _KNOWN
    for number, line in change.added():
        foreign = {(dotted, name): skeleton(name) for dotted, name in _names(line) if not name.isascii()}
        is_prose = not all(seen.isascii() for seen in foreign.values())
        for (dotted, name), seen in foreign.items():
            if (dotted, name) in old or (is_prose and len(name) <= _SHORT):
                continue
            if seen in known or (dotted and seen.isascii() and seen):
                yield f"line {number} has the name {name!a}, which looks like {seen} and is not written so"


def _names(text: str) -> list[tuple[bool, str]]:
    """Whether a dot is before it, and the name."""
    return [(bool(dot), name) for dot, name in _NAME.findall(text)]
