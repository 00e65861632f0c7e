"""The table of backends: the only place where names meet implementations. Imports are lazy."""

import dataclasses
import importlib
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.errors import ConfigError
from core.run import BackendSpec

TABLE: Mapping[str, Mapping[str, str]] = {
    "sandbox": {
        "docker": "sandbox.docker:Docker",
        "bubblewrap": "sandbox.bubblewrap:Bubblewrap",
        "unsafe": "sandbox.unsafe:Unsafe",
    },
    "proposer": {
        "openai": "agent.proposers.openai:OpenAI",
        "local": "agent.proposers.local:Local",
        "rules": "agent.proposers.rules:Rules",
        "replay": "agent.proposers.replay:Replay",
    },
    "strategy": {
        "greedy": "agent.strategies.greedy:Greedy",
        "beam": "agent.strategies.beam:Beam",
    },
    "profiler": {
        "cprofile": "profiler.cprofile:CProfile",
        "py-spy": "profiler.py_spy:PySpy",
        "memray": "profiler.memray:Memray",
    },
}
"""Short names by kind; `module:Class` is accepted as well."""


METHODS = {
    "sandbox": ("prepare", "open", "examine"),
    "proposer": ("propose",),
    "strategy": ("select",),
    "profiler": ("command", "read"),
}
"""What a class must have to be a backend of each kind."""


def resolve(kind: str, spec: BackendSpec, **supplied: object) -> Any:
    """The backend that `spec` names, made with its options and with what the worker supplies where it has such a field.

    ConfigError for an unknown name or option, or for a value of the wrong type.
    """
    backend = load(kind, spec.name)
    fields = {field.name: field for field in dataclasses.fields(backend) if field.init}
    own = {name: value for name, value in supplied.items() if name in fields}
    known = sorted(name for name in fields if name not in supplied)
    unknown = next((name for name in spec.options if name not in known), None)
    if unknown is not None:
        options = ", ".join(known) or "none"
        raise ConfigError(f"the {kind} {spec.name} has no option {unknown!r}; its options: {options}")
    given = {name: _typed(kind, spec.name, name, value, backend) for name, value in spec.options.items()}
    try:
        return backend(**own, **given)
    except TypeError as error:
        raise ConfigError(f"the {kind} {spec.name} can't be made: {error}") from error


def load(kind: str, name: str) -> Any:
    """The class behind a name."""
    path = TABLE[kind].get(name, name)
    module, colon, attribute = path.partition(":")
    if not colon:
        raise ConfigError(f"unknown {kind} {name!r}; known: {', '.join(TABLE[kind])}, or a path like module:Class")
    try:
        backend = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise ConfigError(f"the {kind} {name} can't be loaded: {error}") from error
    if not dataclasses.is_dataclass(backend):
        raise ConfigError(f"the {kind} {name} is no dataclass, so its options are unknown")
    missing = [method for method in METHODS[kind] if not hasattr(backend, method)]
    if missing:
        raise ConfigError(f"{name} is no {kind}: it has no {' and no '.join(missing)}")
    return backend


def _typed(kind: str, backend_name: str, name: str, value: object, backend: Any) -> object:
    """The value as the option's annotation wants it; ConfigError when it can't be. A record keeps paths and lists as JSON.

    Only plain types and their unions are looked at.
    """
    annotation = typing.get_type_hints(backend)[name]
    union = typing.get_origin(annotation) in {types.UnionType, typing.Union}
    allowed = typing.get_args(annotation) if union else (annotation,)
    plain = tuple(each for each in allowed if isinstance(each, type))
    if any(typing.get_origin(each) is tuple for each in allowed) and isinstance(value, list):
        return tuple(value)
    if Path in plain and isinstance(value, str):
        return Path(value)
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if len(plain) < len(allowed) or isinstance(value, plain) or (float in plain and is_whole):
        return value
    wanted = " or ".join(each.__name__ for each in plain)
    raise ConfigError(f"the option {name} of the {kind} {backend_name} is {value!r}; it must be {wanted}")
