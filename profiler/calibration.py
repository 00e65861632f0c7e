"""How often a sample repeats its work, so that it is long enough to be measured. Pure."""

import math
from collections.abc import Callable

from core.errors import ConfigError
from core.problem import WorkloadKind
from core.protocols import APART_SHARE

# Several times what the interpreter and the harness of that kind take to start, so that the repeated work dominates.
# A command is not among them: it runs once in a sample.
_ENOUGH_SECONDS = {
    WorkloadKind.CALLABLE: 0.5,
    WorkloadKind.PYTEST_BENCHMARK: 2.0,
    WorkloadKind.PYPERF: 1.5,
    WorkloadKind.ASV: 0.75,
}
_LONGEST_SECONDS = 10.0
_LEAST_APART_SECONDS = 0.005
"""Several times what a process of its own costs a repetition, also where a patch makes it larger."""
_MOST_LOOPS = 1_000_000


def next_loops(kind: WorkloadKind, loops: int, wall_seconds: float) -> int | None:
    """The loops to try next when a sample with `loops` took `wall_seconds`; None when it is long enough.

    ConfigError when it is too short with the most loops there are.
    """
    enough = _ENOUGH_SECONDS[kind]
    if wall_seconds >= enough:
        return None
    if loops >= _MOST_LOOPS:
        message = (
            f"a {kind} workload takes only {wall_seconds:.3g} s even when it is repeated {loops} times, "
            f"{enough} s or more are needed; give it more work"
        )
        raise ConfigError(message)
    # Start-up hides in the time, so that it says little while it is short: never less than twice, never more than ten
    # times, which can't overshoot by much.
    factor = min(10.0, max(2.0, enough / max(wall_seconds, 1e-9)))
    return min(_MOST_LOOPS, math.ceil(loops * factor))


def loops_beyond_start(loops: int, seconds: float, sample: Callable[[int], float]) -> int:
    """More than `loops`, where a sample of `seconds` is mostly start-up (slow imports), so that the work is half of it.

    `sample` measures another number of loops. A sample never gets longer than _LONGEST_SECONDS for that.
    """
    if seconds >= _LONGEST_SECONDS:
        return loops
    each = (sample(2 * loops) - seconds) / loops
    start = seconds - loops * each
    if each <= 0 or start <= loops * each:
        return loops
    affordable = math.floor((_LONGEST_SECONDS - start) / each)
    return max(loops, min(math.ceil(start / each), affordable, _MOST_LOOPS))


def is_worth_a_process(loops: int, seconds: float) -> bool:
    """Whether repetitions of which `loops` take `seconds`, with the start of their process, may have a process each."""
    return loops > 1 and seconds / loops >= _LEAST_APART_SECONDS


def shows_enough(seconds: float, apart_seconds: float) -> bool:
    """Whether a sample with a process for each repetition shows enough of a gain, when one without takes `seconds`."""
    return seconds >= APART_SHARE * apart_seconds
