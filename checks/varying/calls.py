"""Steps of a recording with their arguments as nodes, and the few steps that one of them needs to be run alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from checks.varying.nodes import Labels, Leaf, Node, Tree, UnreadableTreeError, read, walk, write

Step = Mapping[str, Any]
"""One recorded call, as JSON."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A step that can be varied."""

    step: Step
    position: int
    """Its place in the recording."""
    arguments: tuple[Node, ...]
    """First those by position, then those by name."""

    @property
    def function(self) -> str:
        """`path/in/repo.py:Qualified.name`."""
        return str(self.step["function"])

    @property
    def names(self) -> tuple[str, ...]:
        """What each argument is called: its position or its name."""
        by_position = len(self.step["args"])
        return (*map(str, range(by_position)), *(str(name) for name, _ in self.step["kwargs"]))


def call_of(step: Step, position: int, labels: Labels) -> Call:
    """The call in `step`. UnreadableTreeError when it is not of the recorded form."""
    args, kwargs = step.get("args"), step.get("kwargs")
    if not isinstance(args, list) or not isinstance(kwargs, list) or not isinstance(step.get("function"), str):
        raise UnreadableTreeError(f"step {position} is no recorded call")
    if not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in kwargs):  # noqa: PLR2004 - name and value
        raise UnreadableTreeError(f"step {position} has arguments without a name")
    return Call(step=step, position=position, arguments=read([*args, *(tree for _, tree in kwargs)], labels))


def calls_of(steps: Sequence[Step], labels: Labels) -> Iterator[Call]:
    """The calls that can be read, in their order."""
    for position, step in enumerate(steps):
        try:
            yield call_of(step, position, labels)
        except UnreadableTreeError:
            continue


def with_arguments(call: Call, arguments: Sequence[Node]) -> Step:
    """The step of `call` with other arguments."""
    trees = write(arguments, before=call.arguments)
    by_position = len(call.step["args"])
    names = [name for name, _ in call.step["kwargs"]]
    kwargs = [[name, tree] for name, tree in zip(names, trees[by_position:], strict=True)]
    return {**call.step, "args": trees[:by_position], "kwargs": kwargs}


def needed_by(step: Step) -> set[int]:
    """The positions of the steps whose objects `step` refers to."""
    return set(_references([step["args"], [tree for _, tree in step["kwargs"]]]))


def _references(trees: Iterable[Tree]) -> Iterator[int]:
    waiting = list(trees)
    while waiting:
        tree = waiting.pop()
        if isinstance(tree, Mapping):
            if isinstance(tree.get("step"), int):
                yield tree["step"]
            waiting.extend(tree.values())
        elif isinstance(tree, list | tuple):
            waiting.extend(tree)


def world_of(steps: Sequence[Step], varied: Sequence[Step]) -> list[Step]:
    """The steps that make the objects that `varied` refer to, and then `varied`, with their references put right."""
    makers: set[int] = set()
    waiting = set().union(*map(needed_by, varied))
    while waiting:
        maker = waiting.pop()
        if maker not in makers and 0 <= maker < len(steps):
            makers.add(maker)
            waiting |= needed_by(steps[maker])
    order = sorted(makers)
    new_positions = {position: number for number, position in enumerate(order)}
    return [_renumbered(step, new_positions) for step in (*(steps[position] for position in order), *varied)]


def _renumbered(step: Step, positions: Mapping[int, int]) -> Step:
    kwargs = [[name, _moved(tree, positions)] for name, tree in step["kwargs"]]
    return {**step, "args": _moved(step["args"], positions), "kwargs": kwargs}


def _moved(tree: Tree, positions: Mapping[int, int]) -> Tree:
    if isinstance(tree, Mapping):
        if isinstance(tree.get("step"), int):
            return {"step": positions[tree["step"]]}
        return {key: _moved(value, positions) for key, value in tree.items()}
    return [_moved(each, positions) for each in tree] if isinstance(tree, list | tuple) else tree


def is_reference(node: Node) -> bool:
    """Whether `node` is an object that an earlier step made."""
    return isinstance(node, Leaf) and isinstance(node.value, Mapping) and "step" in node.value


def size_of(nodes: Sequence[Node]) -> int:
    """About how much there is of `nodes`: their number and the length of their texts."""
    return sum(
        1 + (len(node.value) if isinstance(node, Leaf) and isinstance(node.value, str) else 0)
        for _, node in walk(nodes)
    )
