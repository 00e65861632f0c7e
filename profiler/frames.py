"""Weighted call stacks, and the hotspots they add up to."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.execution import Layout
from core.profile import Hotspot, Stack
from profiler.untrusted import MalformedError, is_ours, share

_CALLERS = 5
_HOTSPOTS = 1000


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A function on a stack, wherever in it the program was."""

    path: str
    function: str
    line: int
    """Where the function starts."""

    def __str__(self) -> str:
        return f"{self.function} ({self.path}:{self.line})"

    @property
    def place(self) -> str:
        """As callers are named."""
        return f"{self.path}:{self.function}"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One stack with its weight."""

    frames: tuple[Frame, ...]
    """Outermost first."""
    weight: float


def theirs(layout: Layout, samples: Sequence[Sample]) -> list[Sample]:
    """The samples without the frames of perfsmith's harnesses."""
    stripped = [
        Sample(frames=tuple(f for f in sample.frames if not is_ours(layout, f.path)), weight=sample.weight)
        for sample in samples
    ]
    return [sample for sample in stripped if sample.frames]


def total_of(samples: Sequence[Sample]) -> float:
    """The weight of all samples. MalformedError when there is none."""
    total = sum(sample.weight for sample in samples)
    if total <= 0:
        raise MalformedError("no samples")
    return total


def stacks_of(samples: Sequence[Sample]) -> tuple[Stack, ...]:
    """The samples for a flame graph, equal ones added up, heaviest first."""
    weights: dict[tuple[str, ...], float] = {}
    for sample in samples:
        frames = tuple(map(str, sample.frames))
        weights[frames] = weights.get(frames, 0.0) + sample.weight
    heaviest = sorted(weights, key=lambda frames: (-weights[frames], frames))
    return tuple(Stack(frames=frames, weight=weights[frames]) for frames in heaviest)


def hotspots_of(samples: Sequence[Sample], total: float) -> tuple[Hotspot, ...]:
    """The functions of the samples by own share; one that calls itself is counted once a sample."""
    own: dict[Frame, float] = {}
    whole: dict[Frame, float] = {}
    callers: dict[Frame, dict[str, float]] = {}
    for sample in samples:
        own[sample.frames[-1]] = own.get(sample.frames[-1], 0.0) + sample.weight
        for frame in set(sample.frames):
            whole[frame] = whole.get(frame, 0.0) + sample.weight
        for caller, frame in set(zip(sample.frames, sample.frames[1:], strict=False)):
            calling = callers.setdefault(frame, {})
            calling[caller.place] = calling.get(caller.place, 0.0) + sample.weight
    busiest = sorted(whole, key=lambda frame: (-own.get(frame, 0.0), -whole[frame], str(frame)))
    return tuple(
        Hotspot(
            path=frame.path,
            function=frame.function,
            line=frame.line,
            own_share=share(own.get(frame, 0.0), total),
            total_share=share(whole[frame], total),
            callers=_heaviest(callers.get(frame, {})),
        )
        for frame in busiest[:_HOTSPOTS]
    )


def _heaviest(weights: dict[str, float]) -> tuple[str, ...]:
    return tuple(sorted(weights, key=lambda name: (-weights[name], name))[:_CALLERS])
