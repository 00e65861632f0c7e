"""Options of backends as people write them: BACKEND.NAME=VALUE."""

import json
from collections.abc import Sequence

from core.errors import ConfigError
from core.run import BackendSpec


def specs(names: Sequence[str], options: Sequence[str]) -> tuple[BackendSpec, ...]:
    """The named backends with their share of `options`."""
    return tuple(BackendSpec(name=name, options=_options_of(name, options)) for name in names)


def refuse_stray(options: Sequence[str], names: Sequence[str]) -> None:
    """ConfigError for an option that is none, or is for a backend that takes no part."""
    for option in options:
        backend, _, _ = _parts(option)
        if backend not in names:
            raise ConfigError(
                f"--option {option!r} is for {backend}, which takes no part; taking part: {', '.join(names)}"
            )


def _options_of(name: str, options: Sequence[str]) -> dict[str, object]:
    return {key: _value(text) for backend, key, text in map(_parts, options) if backend == name}


def _parts(option: str) -> tuple[str, str, str]:
    """Backend, name and value of an option; a backend given as module:Class may have dots of its own."""
    path, equals, value = option.partition("=")
    backend, _, name = path.rpartition(".")
    if not (backend and name and equals):
        raise ConfigError(f"--option {option!r} is not of the form BACKEND.NAME=VALUE, as in openai.temperature=0.2")
    return backend, name, value


def _value(text: str) -> object:
    """A number, true, false or null as JSON writes them; anything else is text."""
    try:
        return json.loads(text)
    except ValueError:
        return text
