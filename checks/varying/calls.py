"""Steps of a recording with their arguments as nodes, and the few steps that one of them needs to be run alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from checks.calls.steps import Step, renumbered
from checks.varying.nodes import Labels, Leaf, Node, UnreadableTreeError, read, walk, write


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
        return self.step.function

    @property
    def names(self) -> tuple[str, ...]:
        """What each argument is called: its position or its name."""
        return (*map(str, range(len(self.step.args))), *(name for name, _ in self.step.kwargs))


def call_of(step: Step, position: int, labels: Labels) -> Call:
    """The call in `step`. UnreadableTreeError when it is not of the recorded form."""
    trees = [*step.args, *(tree for _, tree in step.kwargs)]
    return Call(step=step, position=position, arguments=read(trees, labels))


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
    by_position = len(call.step.args)
    names = [name for name, _ in call.step.kwargs]
    kwargs = tuple(zip(names, trees[by_position:], strict=True))
    return replace(call.step, args=tuple(trees[:by_position]), kwargs=kwargs)


def world_of(steps: Sequence[Step], varied: Sequence[Step]) -> list[Step]:
    """The steps that make the objects that `varied` refer to, and then `varied`, with their references put right."""
    makers: set[int] = set()
    waiting = {used for step in varied for used in step.uses}
    while waiting:
        maker = waiting.pop()
        if maker not in makers and 0 <= maker < len(steps):
            makers.add(maker)
            waiting |= steps[maker].uses
    order = sorted(makers)
    new_positions = {position: number for number, position in enumerate(order)}
    return [renumbered(step, new_positions) for step in (*(steps[position] for position in order), *varied)]


def is_reference(node: Node) -> bool:
    """Whether `node` is an object that an earlier step made."""
    return isinstance(node, Leaf) and isinstance(node.value, Mapping) and "step" in node.value


def size_of(nodes: Sequence[Node]) -> int:
    """About how much there is of `nodes`: their number and the length of their texts."""
    return sum(
        1 + (len(node.value) if isinstance(node, Leaf) and isinstance(node.value, str) else 0)
        for _, node in walk(nodes)
    )
