"""Calls as people would type them."""

import base64
from collections.abc import Mapping, Sequence

from checks.varying.calls import Step
from checks.varying.nodes import Tree

_BRACKETS = {"list": ("[", "]"), "tuple": ("(", ")"), "set": ("{", "}"), "dict": ("{", "}")}
DEEPEST = 50


def text_of(step: Step, steps: Sequence[Step], *, characters: int = 600) -> str:
    """The call in `step`, which belongs to the recording `steps`, in Python's words; cut in the middle where it is long."""
    text = _call(step, steps, 0)
    if len(text) <= characters:
        return text
    half = characters // 2
    return f"{text[:half]} … {text[-half:]}"


def _call(step: Step, steps: Sequence[Step], depth: int) -> str:
    name = str(step["function"]).rpartition(":")[2]
    if step.get("do") == "new":
        name = name.removesuffix(".__init__")
    named = [f"{key}={_value(tree, steps, depth)}" for key, tree in step["kwargs"]]
    return f"{name}({', '.join([*(_value(tree, steps, depth) for tree in step['args']), *named])})"


def _value(tree: Tree, steps: Sequence[Step], depth: int) -> str:
    if depth > DEEPEST:
        return "…"
    if not isinstance(tree, Mapping) or not tree:
        return repr(tree)
    if "pickle" in tree:
        return f"<{tree.get('text') or tree.get('type')}>"
    kind, content = next(iter(tree.items()))
    if kind in _BRACKETS or kind == "frozenset":
        return _container(kind, content, steps, depth + 1)
    if kind == "step" and isinstance(content, int) and 0 <= content < len(steps):
        return _call(steps[content], steps, depth + 1)
    return _atom(kind, content)


def _container(kind: str, content: Sequence[Tree], steps: Sequence[Step], depth: int) -> str:
    if kind == "dict":
        inner = ", ".join(f"{_value(key, steps, depth)}: {_value(value, steps, depth)}" for key, value in content)
        return f"{{{inner}}}"
    inner = ", ".join(_value(item, steps, depth) for item in content)
    if kind == "frozenset" or (kind == "set" and not content):
        return f"{kind}({{{inner}}})" if content else f"{kind}()"
    if kind == "tuple" and len(content) == 1:
        inner += ","
    opening, closing = _BRACKETS[kind]
    return f"{opening}{inner}{closing}"


def _atom(kind: str, content: Tree) -> str:
    match kind:
        case "float":
            return f"float('{content}')"
        case "bytes":
            return repr(_decoded(content))
        case "bytearray":
            return f"bytearray({_decoded(content)!r})"
        case "complex":
            return f"complex({content[0]}, {content[1]})"
        case "global":
            return str(content).rpartition(":")[2]
        case _:
            return "<the same object again>"


def _decoded(content: Tree) -> bytes:
    try:
        return base64.b64decode(str(content), validate=True)
    except ValueError:
        return b"?"
