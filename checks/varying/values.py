"""Values worth trying, by type: the borders of each type, values of other types, and what Hypothesis draws beside them."""

import base64
import math
from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from checks.varying.nodes import Tree

LONG_TEXT = 5_000
"""Characters of a text that is long, but that no machine minds."""

_TEXTS = (
    "",
    " ",
    "a",
    "Z",
    "0",
    "-1",
    "1e5",
    "\0",
    "a\0b",
    "\n",
    "\r\n",
    "\t",
    "e\N{COMBINING ACUTE ACCENT}",
    "\N{LATIN SMALL LETTER E WITH ACUTE}",
    "\N{LATIN SMALL LETTER SHARP S}",
    "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}",
    "\N{LATIN SMALL LIGATURE FI}",
    "\N{HEBREW LETTER ALEF}\N{HEBREW LETTER BET}",
    "\N{RIGHT-TO-LEFT OVERRIDE}abc",
    "\N{GRINNING FACE}",
    "\N{MATHEMATICAL BOLD DIGIT ONE}",
    "\N{ARABIC-INDIC DIGIT ONE}",
    "\N{NO-BREAK SPACE}",
    "\N{LINE SEPARATOR}",
    "'\"\\",
    "%s{}",
    "x" * LONG_TEXT,
)
_CHARACTERS = tuple("abcxyzABC019 _-.,:;/\n\t\"'\\%{}[]()\0") + tuple(text for text in _TEXTS if len(text) == 1)
_INTEGERS = (
    0,
    1,
    -1,
    2,
    -2,
    10,
    255,
    256,
    1000,
    2**31 - 1,
    2**31,
    2**53 + 1,
    2**63 - 1,
    2**63,
    -(2**63),
    2**64,
    10**30,
)
_FLOATS = (0.0, -0.0, 1.0, -1.0, 0.1, 0.5, 1e-9, 2.0**53, 1e16, 1.7976931348623157e308, 5e-324, 2.2250738585072014e-308)
_BYTES = (b"", b"\0", b"a", b"\xff", b"\xc3\xa9", b"a\nb", b"x" * LONG_TEXT)


def float_tree(value: float) -> Tree:
    """A float in the recorded form."""
    return value if math.isfinite(value) else {"float": str(value)}


def bytes_tree(value: bytes) -> Tree:
    """Bytes in the recorded form."""
    return {"bytes": base64.b64encode(value).decode("ascii")}


BORDERS: Mapping[str, Sequence[Tree]] = {
    "None": (None,),
    "bool": (False, True),
    "int": _INTEGERS,
    "float": tuple(map(float_tree, (*_FLOATS, math.nan, math.inf, -math.inf))),
    "str": _TEXTS,
    "bytes": tuple(map(bytes_tree, _BYTES)),
    "complex": ({"complex": [0.0, 0.0]}, {"complex": [0.0, 1.0]}, {"complex": [-1.5, 2.0]}),
}
"""The values at the borders of each type."""

WRONG: Mapping[str, Sequence[Tree]] = {
    "None": (None,),
    "bool": (True, False),
    "int": (0, 1, 7),
    "float": (0.5, 2.0),
    "str": ("", "1", "abc"),
    "bytes": (bytes_tree(b"abc"),),
    "tuple": ({"tuple": []}, {"tuple": [1, 2]}),
    "list": ({"list": []}, {"list": [1]}),
    "dict": ({"dict": []}, {"dict": [["a", 1]]}),
    "set": ({"set": []},),
}
"""Values to stand where a value of another type belongs."""
UNHASHABLE = frozenset({"list", "dict", "set"})
COLLECTIONS = frozenset({"list", "tuple", "set", "frozenset", "dict"})
TEXTS = frozenset({"str", "bytes"})
"""Never put where a collection belongs: asking a text for an item is another question, which fails by accident."""

_OWN: Mapping[str, st.SearchStrategy[Tree]] = {
    "int": st.integers(-1000, 1000) | st.integers(),
    "float": st.floats(-1000, 1000) | st.floats().map(float_tree),
    "str": st.lists(st.sampled_from(_CHARACTERS), max_size=20).map("".join),
    "bytes": st.binary(max_size=20).map(bytes_tree),
}


def values_of(kind: str) -> st.SearchStrategy[Tree] | None:
    """Values of the type `kind`, its borders often; None when there are none but those that were observed."""
    if kind not in BORDERS:
        return None
    borders = st.sampled_from(BORDERS[kind])
    return borders | _OWN[kind] if kind in _OWN else borders
