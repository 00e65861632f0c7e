"""The table of backends: the only place where names meet implementations. Imports are lazy."""

import dataclasses
import importlib
import types
import typing
from collections.abc import Mapping
from typing import Any

from core.errors import ConfigError
from core.run import BackendSpec

TABLE: Mapping[str, Mapping[str, str]] = {
    "sandbox": {
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


def resolve(kind: str, spec: BackendSpec, **supplied: object) -> Any:
    """The backend that `spec` names, made with its options and with what the worker supplies where it has such a field.

    ConfigError for an unknown name or option, or for a value of the wrong type.
    """
    backend = load(kind, spec.name)
    fields = {field.name: field for field in dataclasses.fields(backend) if field.init}
    own = {name: value for name, value in supplied.items() if name in fields}
    options = sorted(name for name in fields if name not in supplied)
    for name, value in spec.options.items():
        if name not in options:
            known = ", ".join(options) or "none"
            raise ConfigError(f"the {kind} {spec.name} has no option {name!r}; its options: {known}")
        _require_type(kind, spec.name, name, value, backend)
    try:
        return backend(**own, **spec.options)
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
    return backend


def _require_type(kind: str, backend_name: str, name: str, value: object, backend: Any) -> None:
    """Refuse a value that the option's annotation does not allow; only plain types and their unions are looked at."""
    annotation = typing.get_type_hints(backend)[name]
    union = typing.get_origin(annotation) in {types.UnionType, typing.Union}
    allowed = typing.get_args(annotation) if union else (annotation,)
    plain = tuple(kind_ for kind_ in allowed if isinstance(kind_, type))
    if len(plain) < len(allowed) or isinstance(value, plain):
        return
    if float in plain and isinstance(value, int) and not isinstance(value, bool):
        return
    wanted = " or ".join(kind_.__name__ for kind_ in plain)
    raise ConfigError(f"the option {name} of the {kind} {backend_name} is {value!r}; it must be {wanted}")
