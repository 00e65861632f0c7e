"""Recorded calls as something to time: a process that makes the same lists of calls again and again."""

from collections.abc import Sequence
from dataclasses import dataclass

from checks.calls import untrusted
from checks.calls.replaying import OUTCOMES, ReplayFailedError
from checks.calls.steps import Step
from checks.calls.untrusted import MalformedError
from checks.varying.worlds import request_of, worlds_command
from core.execution import Command, ExecResult, Layout
from core.measurement import Costs
from core.problem import WorkloadKind, WorkloadSpec
from core.protocols import Sandbox

_MOST_STEPS = 100_000


@dataclass(frozen=True, kw_only=True)
class RepeatedCalls:
    """A workload of lists of calls: each loop makes all of them, each list in a process that begins afresh."""

    name: str
    lists: tuple[tuple[Step, ...], ...]
    timeout_seconds: float
    copies: int = 1
    """How often a process makes its list, each time with arguments of its own."""
    forks: bool = True
    """Whether each list has its process; without, all of them are made in one, once."""

    @property
    def spec(self) -> WorkloadSpec:
        """Its name, which nobody wrote."""
        return WorkloadSpec(kind=WorkloadKind.COMMAND, target=self.name)

    def command(self, layout: Layout, *, loops: int) -> Command:
        """The calls, `loops` times; it prints how many came to an end."""
        return self._command(layout, loops=loops, reports=False)

    def costs(self, result: ExecResult) -> Costs:
        """As measured from outside."""
        return Costs(
            wall_seconds=result.wall_seconds,
            cpu_seconds=result.cpu_seconds,
            memory_bytes=result.peak_memory_bytes,
        )

    def tried(self, sandbox: Sandbox, *, times: int) -> "Tried":
        """What the lists take here at their quickest, in the words of the process: only to be asked on the original.

        Raises ReplayFailedError when the process fails.
        """
        result = sandbox.run(self._command(sandbox.layout, loops=times, reports=True))
        if not result.succeeded:
            raise ReplayFailedError(result.failure)
        try:
            seen = list(map(_list_of, untrusted.lines(result.files.get(OUTCOMES, b""))))
        except MalformedError as error:
            raise ReplayFailedError(f"the report on repeated calls is damaged ({error})") from error
        if [len(each.seconds) for each in seen] != [len(steps) for steps in self.lists for _ in range(times)]:
            raise ReplayFailedError("not every list of calls came to its end")
        inside = sum(each.running + each.making / times for each in seen)
        groups = (seen[start : start + times] for start in range(0, len(seen), times))
        lists = tuple(min(group, key=lambda each: each.running) for group in groups)
        return Tried(lists=lists, start_seconds=max(0.0, result.wall_seconds - inside))

    def _command(self, layout: Layout, *, loops: int, reports: bool) -> Command:
        steps = [step for each in self.lists for step in each]
        request = request_of([[step.form() for step in each] for each in self.lists], steps)
        body = {**request, "loops": loops, "copies": self.copies, "forks": self.forks, "reports": reports}
        return worlds_command(layout, body, timeout_seconds=self.timeout_seconds)


@dataclass(frozen=True, kw_only=True)
class TriedList:
    """What one list of calls took."""

    seconds: tuple[float, ...]
    """Each call."""
    ends: tuple[str, ...]
    """How each call ended: "returns", "skipped", or the name of what it raised."""
    making: float
    """Seconds that it took to make the arguments, once for all loops."""
    running: float
    """Seconds from the first call to the last."""


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What all lists took, and what came before them."""

    lists: tuple[TriedList, ...]
    start_seconds: float
    """Everything but the lists: the interpreter and the imports."""


def _list_of(line: dict[str, object]) -> TriedList:
    seconds = line.get("seconds")
    if not isinstance(seconds, list):
        raise MalformedError("no seconds")
    return TriedList(
        seconds=tuple(map(untrusted.seconds, seconds)),
        ends=untrusted.texts(line.get("ends"), most=_MOST_STEPS),
        making=untrusted.seconds(line.get("making")),
        running=untrusted.seconds(line.get("running")),
    )


def total(values: Sequence[float]) -> float:
    """The sum, never nothing: it is divided by."""
    return max(sum(values), 1e-9)
