"""One configured value and where it was written; turns it into its type or says what would have been right."""

from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from core.errors import ConfigError

MAX_TEXT = 10_000
_SHOWN = 80

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A value as given, unchecked."""

    name: str
    """For people: the file and key, or the flag."""
    value: object

    def wrong(self, wanted: str) -> ConfigError:
        """The error that names this value and what is wanted instead."""
        return ConfigError(f"{self.name} = {shown(self.value)}: {wanted}")


def shown(value: object) -> str:
    """`value` for a message, never long."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):
        # An integer of thousands of digits has no repr.
        text = f"<{type(value).__name__}>"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def text_of(setting: Setting, example: str) -> str:
    """A text that says something, without the whitespace around it."""
    if not isinstance(setting.value, str):
        raise setting.wrong(f'must be a text, e.g. "{example}"')
    text = setting.value.strip()
    if not text:
        raise setting.wrong(f'must not be empty; write e.g. "{example}"')
    if len(text) > MAX_TEXT:
        raise setting.wrong(f"is longer than {MAX_TEXT} characters")
    if "\0" in text or not _is_unicode(text):
        raise setting.wrong("holds characters that no command line can")
    return text


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def texts_of(setting: Setting, example: str) -> tuple[str, ...]:
    """A text or a list of texts."""
    if isinstance(setting.value, str):
        return (text_of(setting, example),)
    if not isinstance(setting.value, list | tuple):
        raise setting.wrong(f'must be a text or a list of texts, e.g. ["{example}"]')
    items = (Setting(name=f"{setting.name}[{at}]", value=item) for at, item in enumerate(setting.value))
    return tuple(text_of(item, example) for item in items)


def number_of(setting: Setting, low: float, high: float) -> float:
    """A number from `low` to `high`."""
    value = setting.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise setting.wrong(f"must be a number from {low:g} to {high:g}")
    # A comparison with NaN is false, and an integer too large for a float is compared exactly.
    if not low <= value <= high:
        raise setting.wrong(f"must be from {low:g} to {high:g}")
    return float(value)


def choice_of(setting: Setting, choices: type[Choice]) -> Choice:
    """One of the members of `choices`, by value."""
    for choice in choices:
        if setting.value == choice.value:
            return choice
    known = [choice.value for choice in choices]
    word = setting.value if isinstance(setting.value, str) else ""
    raise setting.wrong(f"use one of {', '.join(known)}{did_you_mean(word, known)}")


def did_you_mean(word: str, known: list[str]) -> str:
    """A question that names the closest of `known`, or nothing."""
    close = get_close_matches(word[:_SHOWN].lower(), known, n=1)
    return f" (did you mean {close[0]}?)" if close else ""
