"""Examines the machine: which sandboxes work, how well it measures, whether everything needed is there.

Nothing here needs a network, and whatever breaks while it is examined is one more finding.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.health import Finding, Health
from core.protocols import SandboxProvider
from core.run import BackendSpec
from worker.backends import TABLE, resolve
from worker.checkup import counters, noise, places, processor, programs
from worker.machine import timing_alone
from worker.settings import Settings
from worker.submit import supplies

NO_ISOLATION = "unsafe"
"""The name of the sandbox that is none."""


class Need(StrEnum):
    """What depends on a section."""

    ALWAYS = "always"
    """Without it no run is possible."""
    ONE = "one of its kind"
    """A run needs one of the sections that have this."""
    OPTIONAL = "optional"


@dataclass(frozen=True, kw_only=True)
class Section:
    """Findings that belong together."""

    title: str
    need: Need
    findings: tuple[Finding, ...]

    @property
    def missing(self) -> tuple[Finding, ...]:
        """Those of its findings that keep it from working."""
        return tuple(finding for finding in self.findings if finding.health is Health.MISSING)


@dataclass(frozen=True, kw_only=True)
class Checkup:
    """Everything that was found."""

    sections: tuple[Section, ...]

    @property
    def sandboxes(self) -> tuple[Section, ...]:
        """The sandboxes that isolate."""
        return tuple(section for section in self.sections if section.need is Need.ONE)

    @property
    def obstacles(self) -> tuple[Section, ...]:
        """What keeps every run from working: sections that are always needed, and all sandboxes when none works."""
        none_works = all(sandbox.missing for sandbox in self.sandboxes)
        needed = [s for s in self.sections if s.need is Need.ALWAYS or (s.need is Need.ONE and none_works)]
        return tuple(section for section in needed if section.missing)

    @property
    def is_fit(self) -> bool:
        """Whether a run is possible: a sandbox that isolates works, and nothing that is needed is missing."""
        return not self.obstacles and bool(self.sandboxes)


def examine(settings: Settings, sandboxes: Sequence[BackendSpec]) -> Checkup:
    """Look at every sandbox named and at all that any run depends on. ConfigError for a wrong name or option."""
    providers = [_provider(sandbox, settings) for sandbox in sandboxes]
    general = (_timing(), _counting(), _places(settings), _settings(settings))
    return Checkup(sections=(*map(_sandbox, providers), *general))


def _sandbox(provider: SandboxProvider) -> Section:
    need = Need.OPTIONAL if provider.name == NO_ISOLATION else Need.ONE
    findings = looked_at(provider.name, provider.examine)
    return Section(title=f"sandbox {provider.name}", need=need, findings=findings)


def instead_of(sandbox: BackendSpec, settings: Settings) -> str:
    """What else there is where `sandbox` does not work on this machine; empty where it works."""
    if not _sandbox(_provider(sandbox, settings)).missing:
        return ""
    names = [name for name in TABLE["sandbox"] if name not in {sandbox.name, NO_ISOLATION}]
    others = {name: _sandbox(_provider(BackendSpec(name=name, options={}), settings)) for name in names}
    working = [f"--sandbox {name}" for name, section in others.items() if not section.missing]
    if working:
        return f"On this machine {' or '.join(working)} works."
    reasons = (f"{name}: {section.missing[0].detail}" for name, section in others.items())
    return "\n".join(["No other sandbox works on this machine either.", *reasons])


def _provider(sandbox: BackendSpec, settings: Settings) -> SandboxProvider:
    provider: SandboxProvider = resolve("sandbox", sandbox, **supplies(settings))
    return provider


def _timing() -> Section:
    findings = (
        *looked_at("clock source", lambda: [processor.clock()]),
        *looked_at("processors", lambda: [processor.processors()]),
        *looked_at("load average", lambda: [processor.load(os.getloadavg()[0], len(os.sched_getaffinity(0)))]),
        *looked_at("frequency", processor.frequency),
        *looked_at("noise", _noise),
    )
    return Section(title="timing", need=Need.OPTIONAL, findings=findings)


def _noise() -> list[Finding]:
    with timing_alone():
        return list(noise.noise())


def _counting() -> Section:
    findings = (
        *looked_at("hardware counters", lambda: [counters.hardware()]),
        *looked_at("valgrind", lambda: [counters.valgrind()]),
    )
    return Section(title="counting instructions", need=Need.OPTIONAL, findings=findings)


def _places(settings: Settings) -> Section:
    findings = (
        *looked_at("git", lambda: [programs.git()]),
        *looked_at("store", lambda: [places.store(settings)]),
        *looked_at("disk", lambda: [places.disk("home", settings.home), places.disk("scratch", settings.scratch)]),
    )
    return Section(title="needed by every run", need=Need.ALWAYS, findings=findings)


def _settings(settings: Settings) -> Section:
    findings = looked_at("settings", lambda: places.in_use(settings))
    return Section(title="settings in use", need=Need.OPTIONAL, findings=findings)


def looked_at(subject: str, look: Callable[[], Iterable[Finding]]) -> tuple[Finding, ...]:
    """What `look` finds; when it breaks, that is the finding."""
    try:
        return tuple(look())
    except Exception as error:  # noqa: BLE001 - a broken part is what a doctor is called for
        detail = f"it could not be examined: {type(error).__name__}: {error}"
        return (Finding(subject=subject, health=Health.MISSING, detail=detail),)
