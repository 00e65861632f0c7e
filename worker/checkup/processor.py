"""The processor and its clock: whether two timings of the same work on this machine can be compared."""

import os
from collections.abc import Iterator
from pathlib import Path

from core.health import Finding, Health

KERNEL = Path("/")
"""Where the kernel's own files begin."""
_CLOCK = "sys/devices/system/clocksource/clocksource0"
_CPU = "sys/devices/system/cpu"
_FAST_CLOCKS = {"tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page", "timebase", "riscv_clocksource"}
"""Read without a system call, in some tens of nanoseconds."""
_SLOW_CLOCKS = {
    "hpet": "each reading goes to a device and takes about a microsecond",
    "acpi_pm": "each reading goes to a device and takes microseconds",
    "xen": "each reading is a system call",
    "jiffies": "it ticks only every few milliseconds",
    "refined-jiffies": "it ticks only every few milliseconds",
}
BUSY = 0.5
"""Load on each processor above which others are in the way of a measurement."""


def clock(kernel: Path = KERNEL) -> Finding:
    """The clock behind every timing."""
    subject, name = "clock source", _read(kernel / _CLOCK / "current_clocksource")
    if name in _FAST_CLOCKS:
        return Finding(subject=subject, health=Health.GOOD, detail=f"{name}: fast and precise")
    if not name:
        return Finding(subject=subject, health=Health.LIMITED, detail="the kernel does not say which one it uses")
    why = _SLOW_CLOCKS.get(name, "how fast and precise it is, is not known here")
    offered = _read(kernel / _CLOCK / "available_clocksource").split()
    better = next((other for other in offered if other in _FAST_CLOCKS), None)
    remedy = f"echo {better} > /{_CLOCK}/current_clocksource (as root)" if better else ""
    return Finding(subject=subject, health=Health.LIMITED, detail=f"{name}: {why}", remedy=remedy)


def processors() -> Finding:
    """How many processors this process may use."""
    count = len(os.sched_getaffinity(0))
    if count > 1:
        return Finding(subject="processors", health=Health.GOOD, detail=f"{count} may be used")
    return Finding(
        subject="processors",
        health=Health.LIMITED,
        detail="only 1 may be used: what is measured shares it with perfsmith and everything else",
        remedy="give this machine or container a second processor",
    )


def load(average: float, count: int) -> Finding:
    """How busy others keep the machine: the load `average` of the last minute on `count` processors."""
    detail = f"{average:.2f} in the last minute on {count} processor{'s' if count > 1 else ''}"
    if average <= BUSY * count:
        return Finding(subject="load average", health=Health.GOOD, detail=detail)
    return Finding(
        subject="load average",
        health=Health.LIMITED,
        detail=f"{detail}: others are at work, so more pairs of samples will be needed",
        remedy="stop what else runs on this machine while perfsmith measures",
    )


def frequency(kernel: Path = KERNEL) -> Iterator[Finding]:
    """What changes the processor's frequency on its own, where the kernel lets one read that: seldom in a virtual machine."""
    governors = sorted({_read(path) for path in (kernel / _CPU).glob("cpu[0-9]*/cpufreq/scaling_governor")} - {""})
    if governors:
        yield _governor(governors)
    no_turbo, boost = _read(kernel / _CPU / "intel_pstate/no_turbo"), _read(kernel / _CPU / "cpufreq/boost")
    if no_turbo or boost:
        yield _turbo(is_on=no_turbo == "0" if no_turbo else boost == "1", file="intel_pstate" if no_turbo else "boost")


def _governor(governors: list[str]) -> Finding:
    names = ", ".join(governors)
    if governors == ["performance"]:
        return Finding(subject="frequency governor", health=Health.GOOD, detail=names)
    return Finding(
        subject="frequency governor",
        health=Health.LIMITED,
        detail=f"{names}: the frequency follows the load, which adds noise",
        remedy="cpupower frequency-set --governor performance (as root)",
    )


def _turbo(*, is_on: bool, file: str) -> Finding:
    if not is_on:
        return Finding(subject="turbo", health=Health.GOOD, detail="off")
    setting = f"echo 1 > /{_CPU}/intel_pstate/no_turbo" if file == "intel_pstate" else f"echo 0 > /{_CPU}/cpufreq/boost"
    return Finding(
        subject="turbo",
        health=Health.LIMITED,
        detail="on: the frequency depends on temperature and on what other cores do, which adds noise",
        remedy=f"{setting} (as root)",
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
