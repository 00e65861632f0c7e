"""What the samples of all kinds of workloads have in common: how a harness is started, and what a sample cost."""

from core.execution import Command, ExecResult, Layout
from core.measurement import Costs


def harness(layout: Layout, script: str, *arguments: str, timeout_seconds: float) -> Command:
    """The command that runs one of perfsmith's harnesses with the problem's own interpreter."""
    path = str(layout.tools / "profiler" / script)
    return Command(argv=(layout.python, path, *arguments), timeout_seconds=timeout_seconds)


def costs_of(result: ExecResult) -> Costs:
    """The costs that the kernel and the host's clock saw."""
    return Costs(
        wall_seconds=result.wall_seconds,
        cpu_seconds=result.cpu_seconds,
        memory_bytes=result.peak_memory_bytes,
    )
