"""Targets that are several words, quoted as in a shell."""

import shlex

from core.errors import ConfigError


def words_of(target: str, good_form: str) -> tuple[str, ...]:
    """The words of `target`, one or more; ConfigError with `good_form` when there are none or a quote is left open."""
    try:
        words = tuple(shlex.split(target))
    except ValueError as error:
        raise ConfigError(f"{target!r} can't be read ({error}); {good_form}") from error
    if not words:
        raise ConfigError(f"the workload's target is empty; {good_form}")
    return words
