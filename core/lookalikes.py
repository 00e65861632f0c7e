"""Texts that look alike, or that a lenient file system takes for the same: brought to one form so that they can be compared.

The table holds the letters that can't be told from an ASCII one in common fonts, a small part of Unicode's list of
confusables (Unicode Technical Standard 39). What compatibility normalisation (NFKC) maps by itself is not in it.
"""

import unicodedata

_CYRILLIC = dict(zip("асеорхуіјѕһԁԛԝӏАВЕЗКМНОРСТХУЅІЈԌ", "aceopxyijshdqwlABE3KMHOPCTXYSIJG", strict=True))  # noqa: RUF001 - on purpose
_GREEK = dict(zip("οΑΒΕΖΗΙΚΜΝΟΡΤΥΧϳ", "oABEZHIKMNOPTYXj", strict=True))  # noqa: RUF001 - on purpose
_OTHERS = dict(zip("օսհցոɡɑıⅼǃᴏⲟ∕⁄․", "ouhgngail!oo//.", strict=True))  # noqa: RUF001 - on purpose
_PAIRS = _CYRILLIC | _GREEK | _OTHERS
_AS_READ = str.maketrans(_PAIRS)
_FOLDED = str.maketrans({letter.casefold(): like.casefold() for letter, like in _PAIRS.items()})

INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5") | {
    chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
}
"""What shows nothing although Unicode does not call it a control or a format: fillers and variation selectors."""
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")
"""Alphabets with letters that look like each other's; ideographs and the like are no such danger beside them."""


def is_hidden(character: str) -> bool:
    """Whether it acts or shows nothing: controls, formats (of reading direction, of no width), fillers, line separators."""
    return character in INVISIBLE or unicodedata.category(character) in _HIDDEN_CATEGORIES


def skeleton(text: str) -> str:
    """What `text` looks like: hidden characters gone, compatible and look-alike letters replaced. Case stays."""
    return _normal(_shown(_normal(text)).translate(_AS_READ))


def fold(path: str) -> str:
    """The same for two paths that a reader, or a file system that ignores case or spelling, may take for one another.

    Whatever is equal after case folding and NFKC is equal here.
    """
    seen = path.casefold()
    if not (path.isascii() and path.isprintable()):
        seen = _normal(_shown(_normal(_normal(path).casefold())).translate(_FOLDED)).casefold()
    return "/".join(part.strip().rstrip(". ") for part in seen.split("/"))


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _shown(text: str) -> str:
    return "".join(character for character in text if not is_hidden(character))


def mixes_scripts(text: str) -> bool:
    """Whether letters of two alphabets that look alike stand in one text."""
    names = [unicodedata.name(character, "") for character in text if character.isalpha()]
    return len({script for name in names for script in _SCRIPTS if name.startswith(script)}) > 1
