"""Numbers as people read them: with a unit and no more digits than they can bear."""

import math

from core.measurement import Speedup
from core.problem import Objective

_NEARLY_ONE = 0.1
_DURATIONS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))
_BYTES = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))
_COUNTS = ((1e12, "T"), (1e9, "G"), (1e6, "M"))
_GAINS = {
    Objective.WALL: "faster",
    Objective.CPU: "less CPU time",
    Objective.MEMORY: "less memory",
    Objective.INSTRUCTIONS: "fewer instructions",
    Objective.REPORTED: "less, as the workload reports it",
}


def digits(value: float) -> str:
    """Three significant digits, never in exponents; whole numbers from 1000 on."""
    if not math.isfinite(value):
        return "∞" if value > 0 else "−∞" if value < 0 else "?"
    if value == 0:
        return "0"
    places = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{places}f}"


def times(ratio: float) -> str:
    """A speedup's factor: one digit more where it is close to 1."""
    if not math.isfinite(ratio):
        return f"{digits(ratio)}×"
    places = 3 if abs(ratio - 1) < _NEARLY_ONE else 2 if ratio < 10 else 1 if ratio < 100 else 0  # noqa: PLR2004 - decades
    return f"{ratio:,.{places}f}×"


def is_bounded(speedup: Speedup) -> bool:
    """Whether the interval says anything: too few pairs give one from 0 to infinity."""
    return speedup.low > 0 and math.isfinite(speedup.high)


def interval(speedup: Speedup) -> str:
    """The interval alone."""
    return f"{times(speedup.low)} – {times(speedup.high)}" if is_bounded(speedup) else "too few pairs for an interval"


def speedup(shown: Speedup) -> str:
    """The estimate with its interval in brackets."""
    return f"{times(shown.estimate)} ({interval(shown)})"


def gain(objective: Objective) -> str:
    """What a speedup above 1 means under `objective`, to follow the factor: "faster", "less memory"."""
    return _GAINS[objective]


def seconds(value: float) -> str:
    """A duration, from nanoseconds to hours."""
    if not math.isfinite(value) or value == 0:
        return f"{digits(value)} s"
    if abs(value) >= 60:  # noqa: PLR2004 - a minute
        minutes, rest = divmod(round(value), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours:,d} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"
    return _scaled(value, _DURATIONS)


def memory(size: float) -> str:
    """An amount of memory in decimal units."""
    return _scaled(size, _BYTES) if abs(size) >= _BYTES[-1][0] else f"{digits(size)} bytes"


def count(number: float) -> str:
    """A whole number with its thousands apart; millions and more with a letter."""
    return _scaled(number, _COUNTS) if abs(number) >= _COUNTS[-1][0] else f"{number:,.0f}"


def cost(value: float, objective: Objective) -> str:
    """A cost under `objective` with its unit."""
    if objective is Objective.MEMORY:
        return memory(value)
    if objective is Objective.REPORTED:
        return digits(value)
    return f"{count(value)} instructions" if objective is Objective.INSTRUCTIONS else seconds(value)


def dollars(amount: float) -> str:
    """An amount of money; fractions of a cent are kept, since a model's answer may cost less than one."""
    if amount == 0:
        return "$0"
    return f"${amount:,.2f}" if amount >= 1 else f"${amount:.2g}" if amount >= 1e-4 else "< $0.0001"  # noqa: PLR2004


def share(part: float) -> str:
    """A part of the whole, given as 0 to 1."""
    return f"{part * 100:.1f} %"


def _scaled(value: float, units: tuple[tuple[float, str], ...]) -> str:
    """`value` in the largest unit that leaves it at least 1, else in the smallest."""
    size, unit = next((pair for pair in units if abs(value) >= pair[0]), units[-1])
    return f"{digits(value / size)} {unit}"
