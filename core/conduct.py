"""How a command carried itself beside its result: what a candidate may not do unless the original does it, too. Pure."""

from collections.abc import Iterator, Sequence

from core.execution import ExecResult, Output

FLOOD_FACTOR = 10
"""More output than so many times the original's, and more than the next number of bytes beyond that, is a flood."""
FLOOD_SLACK_BYTES = 1 << 20


def misconduct(seen: ExecResult, usual: Sequence[ExecResult]) -> str:
    """What is wrong with how `seen` ran, although it may have succeeded; empty when the original, in `usual`, did the same."""
    return next(_misconduct(seen, usual), "")


def _misconduct(seen: ExecResult, usual: Sequence[ExecResult]) -> Iterator[str]:
    if seen.left_behind > max((result.left_behind for result in usual), default=0):
        processes = "process" if seen.left_behind == 1 else "processes"
        yield f"it left {seen.left_behind} {processes} running when it ended, which would go on after the clock has stopped"
    if seen.reprioritised and not any(result.reprioritised for result in usual):
        yield "it changed its priority"
    for name in ("stdout", "stderr"):
        most = max((_stream(result, name).size for result in usual), default=0)
        size = _stream(seen, name).size
        if size > FLOOD_FACTOR * most + FLOOD_SLACK_BYTES:
            yield f"it wrote {size} bytes to its {name}, where the original writes {most}"


def _stream(result: ExecResult, name: str) -> Output:
    return result.stdout if name == "stdout" else result.stderr
