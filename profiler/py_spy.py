"""Samples of the call stacks of every Python process, by py-spy: slows the program hardly at all, and makes flame graphs."""

import re
from dataclasses import dataclass, replace

from core.errors import ConfigError
from core.execution import Command, ExecResult, Layout
from core.profile import Profile
from profiler import untrusted
from profiler.frames import Frame, Sample, hotspots_of, stacks_of, theirs, total_of

_REPORT = "stacks.txt"
_STACKS = 50_000
_DEPTH = 1000
_LARGEST_REPORT = 64 * 2**20
_FRAME = re.compile(r"(?P<function>.+) \((?P<path>.+):(?P<line>\d{1,9})\)")
_FASTEST = 1000


@dataclass(frozen=True, kw_only=True)
class PySpy:
    """Watches its own child, which needs no privileges. The exit status is py-spy's own, whatever the command's was."""

    rate: int = 200
    """Samples a second."""

    def __post_init__(self) -> None:
        if not 1 <= self.rate <= _FASTEST:
            raise ConfigError(f"a rate of {self.rate} samples a second is out of range; 1 to {_FASTEST}")

    @property
    def name(self) -> str:
        """As shown to people."""
        return "py-spy"

    def command(self, layout: Layout, command: Command) -> Command:
        """`command` as py-spy's child; each frame carries its function's first line."""
        program = (str(layout.tools / "bin" / "py-spy"), "record", "--format", "raw", "--subprocesses")
        how = ("--function", "--full-filenames", "--rate", str(self.rate), "--output", str(layout.out / _REPORT))
        # A shell must have a Python process above it: py-spy gives up when the first thing it sees is none.
        launcher = (layout.python, "-I", "-S", str(layout.tools / "profiler" / "launch.py"))
        launch = () if command.argv[0] == layout.python else launcher
        argv = (*program, *how, "--", *launch, *command.argv)
        return replace(command, argv=argv, collect=(*command.collect, _REPORT))

    def read(self, layout: Layout, result: ExecResult) -> Profile | None:
        """Stacks and the functions they show; None when no Python process was seen."""
        try:
            samples = theirs(layout, _samples(layout, result.files.get(_REPORT, b"")))
            total = total_of(samples)
            hotspots = hotspots_of(samples, total)
        except untrusted.MalformedError:
            return None
        return Profile(profiler=self.name, unit="samples", total=total, hotspots=hotspots, stacks=stacks_of(samples))


def _samples(layout: Layout, data: bytes) -> list[Sample]:
    """One sample for each line `frame;frame;frame count`."""
    if len(data) > _LARGEST_REPORT:
        raise untrusted.MalformedError("too large")
    lines = data.decode("utf-8", "replace").splitlines()[:_STACKS]
    return [_sample(layout, line) for line in lines if line.strip()]


def _sample(layout: Layout, line: str) -> Sample:
    stack, _, weight = line.rpartition(" ")
    if not re.fullmatch("[0-9]{1,12}", weight):
        raise untrusted.MalformedError("no weight")
    # What names a process or a thread holds its command line, with semicolons of its own; it is no frame of this form.
    matches = [_FRAME.fullmatch(part) for part in stack.split(";")[:_DEPTH]]
    return Sample(frames=tuple(_frame(layout, match) for match in matches if match), weight=float(weight))


def _frame(layout: Layout, match: re.Match[str]) -> Frame:
    where = untrusted.path(layout, match["path"])
    return Frame(path=where, function=untrusted.text(match["function"]), line=int(match["line"]))
