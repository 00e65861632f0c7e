"""Steps as short Python-like text for people. Pure."""

import base64
from collections.abc import Callable, Mapping, Sequence

from checks.calls.steps import Step, Tree
from checks.calls.untrusted import shown

LONGEST = 300
_DEEPEST = 8


def describe(step: Step, steps: Sequence[Step] = (), *, most: int = LONGEST) -> str:
    """The call as one would type it: `total([1, 2], start=Counter(3))`; objects by the steps among `steps` that made them."""
    return shown(_call(step, steps, 0), most)


def _call(step: Step, steps: Sequence[Step], depth: int) -> str:
    name = step.function.partition(":")[2]
    name = name.removesuffix(".__init__") if step.do == "new" else name
    arguments = [_text(tree, steps, depth) for tree in step.args]
    arguments += [f"{key}={_text(tree, steps, depth)}" for key, tree in step.kwargs]
    return f"{name}({', '.join(arguments)})"


def _text(tree: Tree, steps: Sequence[Step], depth: int) -> str:
    if not isinstance(tree, Mapping):
        return repr(tree)
    if depth > _DEEPEST:
        return "…"
    kind, held = next(iter(tree.items()))

    def inner(each: Tree) -> str:
        return _text(each, steps, depth + 1)

    writers: dict[str, Callable[[], str]] = {
        "float": lambda: f"float({held!r})",
        "complex": lambda: f"complex({', '.join(map(inner, held))})",
        "bytes": lambda: _bytes(held),
        "bytearray": lambda: f"bytearray({_bytes(held)})",
        "list": lambda: f"[{', '.join(map(inner, held))}]",
        "tuple": lambda: f"({', '.join(map(inner, held))}{',' if len(held) == 1 else ''})",
        "set": lambda: f"{{{', '.join(map(inner, held))}}}" if held else "set()",
        "frozenset": lambda: f"frozenset({{{', '.join(map(inner, held))}}})" if held else "frozenset()",
        "dict": lambda: f"{{{', '.join(f'{inner(key)}: {inner(item)}' for key, item in held)}}}",
        "ref": lambda: "<the same object again>",
        "step": lambda: _call(steps[held], steps, depth + 1) if 0 <= held < len(steps) else "<an object made before>",
        "global": lambda: str(held).partition(":")[2] or str(held),
        "pickle": lambda: str(tree.get("text", "…")),
    }
    return writers.get(kind, lambda: "…")()


def _bytes(held: str) -> str:
    try:
        return repr(base64.b64decode(held[:400]))
    except ValueError:
        return "b'…'"
