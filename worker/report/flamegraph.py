"""Stacks of a profile as a flame graph that hangs from the top: callers above, callees below, widths are shares."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from core import figures
from core.profile import Stack
from worker.report.plain import one_line

SMALLEST_SHARE = 0.001
"""Frames with less of the whole are left out."""
DEEPEST = 60
"""Frames below this level count for those above them."""
_FOLDED = "all of it passes through here: "


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One rectangle: places in percent of the width, levels from 0 at the top."""

    left: float
    width: float
    level: int
    label: str
    words: str
    own: bool
    """The repository's code, as against a library's or the interpreter's."""


@dataclass(frozen=True, kw_only=True)
class Flame:
    """A whole flame graph."""

    frames: tuple[Frame, ...]
    levels: int
    hidden: int
    """Frames too small to draw."""


@dataclass
class _Node:
    """A frame that is reached on one path, with the weight of all stacks through it."""

    name: str
    weight: float = 0.0
    children: dict[str, "_Node"] = field(default_factory=dict)


def flame(stacks: Sequence[Stack]) -> Flame | None:
    """The flame graph of `stacks`, same frames merged; None when they weigh nothing."""
    root = _fold(_merged(stacks))
    if root.weight <= 0:
        return None
    drawn: list[Frame] = []
    hidden = _layout(root, root.weight, drawn)
    return Flame(frames=tuple(drawn), levels=1 + max(frame.level for frame in drawn), hidden=hidden)


def is_own(frame: str) -> bool:
    """Whether `frame` is of the repository: its path is relative, while a library's is absolute or in brackets."""
    path = _path(frame)
    return bool(path) and not path.startswith(("/", "<", "~")) and path[1:3] not in {":\\", ":/"}


def _path(frame: str) -> str:
    """The path within `path:function`, `path:line:function` or `function (path:line)`."""
    if frame.endswith(")") and " (" in frame:
        return frame.rpartition(" (")[2].rstrip(")")
    return frame.rpartition(":")[0]


def _label(frame: str) -> str:
    """The function's name alone, where the frame says more."""
    if frame.endswith(")") and " (" in frame:
        return frame.rpartition(" (")[0]
    return frame.rpartition(":")[2] or frame


def _merged(stacks: Sequence[Stack]) -> _Node:
    root = _Node(name="everything")
    for stack in stacks:
        weight = max(stack.weight, 0.0)
        root.weight += weight
        node = root
        for name in _shortened(stack.frames):
            node = node.children.setdefault(name, _Node(name=name))
            node.weight += weight
    return root


def _shortened(frames: Sequence[str]) -> Iterator[str]:
    """The outer frames; of a function that calls itself directly, one."""
    once = (frame for at, frame in enumerate(frames) if at == 0 or frames[at - 1] != frame)
    return (frame for _, frame in zip(range(DEEPEST), once, strict=False))


def _fold(root: _Node) -> _Node:
    """`root` without the outer frames of libraries through which everything passes: a runner's, mostly."""
    while len(root.children) == 1:
        (only,) = root.children.values()
        if is_own(only.name) or only.weight < root.weight or not only.children:
            break
        root = _Node(name=only.name, weight=only.weight, children=only.children)
    return root


def _layout(root: _Node, whole: float, drawn: list[Frame]) -> int:
    """Append the rectangles to `drawn`, callers before callees; returns how many were too small."""
    hidden = 0
    waiting = [(root, 0.0, 0)]
    while waiting:
        node, left, level = waiting.pop()
        drawn.append(_frame(node, left, level, whole))
        for child in sorted(node.children.values(), key=lambda child: child.name):
            if child.weight / whole < SMALLEST_SHARE:
                hidden += 1
                continue
            waiting.append((child, left, level + 1))
            left += child.weight / whole
    return hidden


def _frame(node: _Node, left: float, level: int, whole: float) -> Frame:
    part = node.weight / whole
    name = one_line(node.name)
    words = f"{_FOLDED if level == 0 else ''}{name}: {figures.share(part)}"
    label = one_line(_label(name))
    own = is_own(node.name)
    return Frame(left=round(left * 100, 3), width=round(part * 100, 3), level=level, label=label, words=words, own=own)
