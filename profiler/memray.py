"""Where the memory at the moment of highest use was taken, by memray: the Python process that used most."""

from dataclasses import dataclass

from core.execution import Command, ExecResult, Layout
from core.profile import Profile
from profiler import untrusted
from profiler.frames import Frame, Sample, hotspots_of, stacks_of, theirs, total_of
from profiler.injection import injected

_REPORT = "memray.json"
_STACKS = 5000
_DEPTH = 200


@dataclass(frozen=True, kw_only=True)
class Memray:
    """Needs the interpreter's version to be that of perfsmith's own; otherwise there is no profile."""

    @property
    def name(self) -> str:
        """As shown to people."""
        return "memray"

    def command(self, layout: Layout, command: Command) -> Command:
        """`command`, with memray in every Python process of its tree. Its recording is read inside the sandbox too."""
        return injected(layout, command, profiler="perfsmith_memray", report=_REPORT)

    def read(self, layout: Layout, result: ExecResult) -> Profile | None:
        """Functions by the bytes they took; None when no Python process could be traced to its end."""
        try:
            report = untrusted.load(result.files.get(_REPORT, b""))
            stacks = untrusted.items(report.get("stacks"), most=_STACKS)
            samples = theirs(layout, [_sample(layout, stack) for stack in stacks])
            total = total_of(samples)
            hotspots = hotspots_of(samples, total)
        except untrusted.MalformedError:
            return None
        return Profile(profiler=self.name, unit="bytes", total=total, hotspots=hotspots, stacks=stacks_of(samples))


def _sample(layout: Layout, stack: object) -> Sample:
    fields = untrusted.mapping(stack)
    frames = untrusted.items(fields.get("frames"), most=_DEPTH)
    return Sample(
        frames=tuple(_frame(layout, frame) for frame in frames),
        weight=untrusted.amount(fields.get("bytes")),
    )


def _frame(layout: Layout, frame: object) -> Frame:
    fields = untrusted.mapping(frame)
    return Frame(
        path=untrusted.path(layout, fields.get("path")),
        function=untrusted.text(fields.get("function")),
        line=untrusted.count(fields.get("line")),
    )
