"""Whether a value is what its type says, all the way down: for facts that were made from somebody else's words."""

from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints


def conforms(value: object, kind: Any) -> bool:
    """Whether `value` is one of `kind`, a type as the facts of core have them. A whole number will do as a float."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return any(conforms(value, argument) for argument in arguments)
    if origin is tuple:
        return isinstance(value, tuple) and _conform(value, arguments)
    if origin is Mapping:
        key, item = arguments
        pairs = value.items() if isinstance(value, Mapping) else ((None, None),)
        return all(conforms(name, key) and conforms(inner, item) for name, inner in pairs)
    if kind in {int, float}:
        return type(value) is int or type(value) is kind
    if not isinstance(value, kind):
        return False
    return not is_dataclass(kind) or all(
        conforms(getattr(value, name), of) for name, of in _hints(cast("Hashable", kind)).items()
    )


def _conform(values: tuple[object, ...], kinds: tuple[Any, ...]) -> bool:
    if kinds[-1] is Ellipsis:
        return all(conforms(value, kinds[0]) for value in values)
    return len(values) == len(kinds) and all(map(conforms, values, kinds))


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
