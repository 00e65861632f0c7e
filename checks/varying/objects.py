"""Calls with objects that nobody made: their constructors are called as tests and workloads did, with other arguments."""

import random
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from checks.calls.definitions import definitions_of
from checks.calls.steps import Step
from checks.varying.calls import Call, calls_of, is_reference, with_arguments
from checks.varying.nodes import Again, Box, Labels, Leaf, Node, walk
from checks.varying.variants import Variant, cut, text_of, variants

_CONSTRUCTOR = ".__init__"


@dataclass(frozen=True, kw_only=True)
class _Holder:
    """An object of the repository in the arguments of a recorded call."""

    call: Call
    held: Node
    kind: str
    """`module.Class`."""


def constructors_of(steps: Sequence[Step], sources: Mapping[str, str]) -> frozenset[str]:
    """`path:Class.__init__` of the classes in `sources` whose objects only pickle could take down."""
    nodes = (node for call in calls_of(steps, Labels()) for _, node in walk(call.arguments))
    wanted = {_kind_of_pickle(node) for node in nodes} - {""}
    return frozenset(key for path, text in sources.items() for key in _constructors(path, text, wanted))


def _kind_of_pickle(node: Node) -> str:
    return str(node.payload.get("type", "")) if isinstance(node, Box) and node.kind == "pickle" else ""


def _constructors(path: str, text: str, wanted: Collection[str]) -> Iterator[str]:
    """Nobody knows from which folder a file is imported: of a type's module, the path may have further folders before it."""
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    near = [kind for kind in wanted if f".{module.rpartition('.')[2]}." in f".{kind}"]
    known = definitions_of(text) if near and path.endswith(".py") else None
    for name in known.functions if known else ():
        made = f".{module}.{name}".removesuffix(_CONSTRUCTOR)
        if name.endswith(_CONSTRUCTOR) and any(made.endswith(f".{kind}") for kind in near):
            yield f"{path}:{name}"


def with_other_objects(
    steps: Sequence[Step], makings: Sequence[Step], *, seed: int, count: int, left_out: Collection[int]
) -> tuple[tuple[Step, ...], list[Variant]]:
    """`steps` with those that make other objects at the end, and at most `count` calls that get one of these.

    An object is made by one of the `makings`, or of the `steps`, of its class; as recorded or varied. Objects that only
    others make are left as they are, and so are calls at the positions `left_out`. Nobody has seen such an object at its
    place, so that the calls are not as observed.
    """
    alone = (step for step in steps if step.do == "new" and not step.uses)
    makers = _makers([*makings, *alone], seed=seed, count=count)
    holders: dict[str, list[_Holder]] = defaultdict(list)
    for call in calls_of(steps, Labels()):
        if call.position not in left_out:
            holders[call.function] += [each for each in _holders(cut(call), steps) if each.kind in makers]
    asked = [each for each in holders.values() if each]
    chance = random.Random(seed)  # noqa: S311 - a choice, not a secret
    every, found, seen = list(steps), [], set()
    for number in range(count if asked else 0):
        holder = chance.choice(asked[number % len(asked)])
        maker = chance.choice(makers[holder.kind])
        key = (id(holder), text_of(maker))
        if key not in seen:
            seen.add(key)
            every.append(maker)
            found.append(_variant(holder, Leaf(value={"step": len(every) - 1})))
    return tuple(every), found


def _makers(makings: Sequence[Step], *, seed: int, count: int) -> Mapping[str, list[Step]]:
    """By `module.Class`."""
    recorded = [cut(call).step for call in calls_of(makings, Labels())]
    varied = [variant.step for variant in variants(makings, seed=seed, count=count) if variant.as_observed]
    makers = defaultdict(list)
    for step in (*recorded, *varied):
        makers[_kind_of_maker(step)].append(step)
    return makers


def _kind_of_maker(step: Step) -> str:
    return f"{step.module}.{step.function.partition(':')[2].removesuffix(_CONSTRUCTOR)}"


def _holders(call: Call, steps: Sequence[Step]) -> Iterator[_Holder]:
    for _, node in walk(call.arguments):
        kind = _kind_of_pickle(node)
        if isinstance(node, Leaf) and is_reference(node):
            maker = steps[node.value["step"]]
            kind = _kind_of_maker(maker) if maker.do == "new" else ""
        if kind:
            yield _Holder(call=call, held=node, kind=kind)


def _variant(holder: _Holder, made: Leaf) -> Variant:
    call = holder.call
    arguments = tuple(_exchanged(node, holder.held, made) for node in call.arguments)
    return Variant(position=call.position, base=call.step, step=with_arguments(call, arguments), as_observed=False)


def _exchanged(node: Node, held: Node, made: Leaf) -> Node:
    """`node` with `made` wherever the object `held` was."""
    if node == held or (isinstance(node, Again) and isinstance(held, Box) and node.label == held.label):
        return made
    if isinstance(node, Box):
        return replace(node, items=tuple(_exchanged(item, held, made) for item in node.items))
    return node
