"""Finds out what the sandboxes without an engine can promise on this machine, and names every promise that is not kept."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from core.errors import ConfigError
from core.health import Finding, Health
from sandbox import seccomp
from sandbox.bwrap import bwrap, can_disable_user_namespaces, namespaces, version
from sandbox.cgroups import Place, find

_TRIAL = (
    *("--ro-bind", "/usr", "/usr", "--ro-bind-try", "/lib", "/lib", "--ro-bind-try", "/lib64", "/lib64"),
    *("--ro-bind-try", "/bin", "/bin", "--proc", "/proc", "--remount-ro", "/proc", "--dev", "/dev"),
    *("--mqueue", "/dev/mqueue", "--perms", "0755", "--size", "4096", "--tmpfs", "/tmp", "--as-pid-1"),  # noqa: S108  the sandbox's own
    *("--", "/usr/bin/env", "true"),
)
_TRIAL_SECONDS = 30
_DELEGATE = "systemd-run --user --scope perfsmith … (or, in a service of the system, Delegate=yes)"
_KNOBS = (
    ("user/max_user_namespaces", "0", "sysctl user.max_user_namespaces=10000"),
    ("kernel/unprivileged_userns_clone", "0", "sysctl kernel.unprivileged_userns_clone=1"),
    ("kernel/apparmor_restrict_unprivileged_userns", "1", "sysctl kernel.apparmor_restrict_unprivileged_userns=0"),
)
"""Settings of the kernel that forbid user namespaces: the file, the value that does, what to do (as root)."""


def examine_bubblewrap(*, place: Place | None = None) -> list[Finding]:
    """Whether bubblewrap works, and what holds of the limits."""
    try:
        program = bwrap()
    except ConfigError as error:
        return [
            Finding(subject="bubblewrap", health=Health.MISSING, detail=str(error), remedy="apt-get install bubblewrap")
        ]
    place = place or find()
    return [_works(program), _nested(program), _filter(), *_limits(place), _DISK, _SETUP_NETWORK]


def examine_unsafe() -> list[Finding]:
    """What everybody who chooses it should know."""
    nothing = "commands see the host's files, network and processes, and can change them: it trusts the code completely"
    memory = "the memory of a tree is watched, and limited by killing it; processes and disk space are not limited"
    return [
        Finding(subject="isolation", health=Health.LIMITED, detail=nothing, remedy="--sandbox bubblewrap or docker"),
        Finding(subject="limits", health=Health.LIMITED, detail=memory, remedy="--sandbox bubblewrap or docker"),
    ]


def _works(program: str) -> Finding:
    """Start something in all its namespaces."""
    argv = [program, *namespaces(network=False), *_TRIAL]
    try:
        done = subprocess.run(argv, capture_output=True, check=False, env={}, timeout=_TRIAL_SECONDS)
        said = done.stderr.decode("utf-8", "replace").strip()
    except subprocess.TimeoutExpired:
        return Finding(subject="bubblewrap", health=Health.MISSING, detail=f"it hangs for {_TRIAL_SECONDS} s and more")
    if done.returncode == 0:
        return Finding(subject="bubblewrap", health=Health.GOOD, detail=f"{version(program)} makes its namespaces")
    detail = f"it can't make its namespaces: {said}"
    return Finding(subject="bubblewrap", health=Health.MISSING, detail=detail, remedy=_remedy())


def _remedy() -> str:
    """The setting of the kernel that stands in the way."""
    for name, bad, remedy in _KNOBS:
        file = Path("/proc/sys") / name
        if file.is_file() and file.read_text().strip() == bad:
            return f"{remedy} (as root)"
    return "allow user namespaces and mounts: in a container, run that with --security-opt seccomp=unconfined"


def _nested(program: str) -> Finding:
    subject = "nested user namespaces"
    if can_disable_user_namespaces(program):
        return Finding(subject=subject, health=Health.GOOD, detail="refused twice: by bubblewrap and by the filter")
    detail = "refused by the filter of system calls alone: this bubblewrap has no --disable-userns"
    return Finding(subject=subject, health=Health.LIMITED, detail=detail, remedy="bubblewrap 0.8 or newer")


def _filter() -> Finding:
    subject = "system calls"
    try:
        size = len(seccomp.program())
    except ConfigError as error:
        return Finding(subject=subject, health=Health.MISSING, detail=str(error), remedy="apt-get install libseccomp2")
    return Finding(subject=subject, health=Health.GOOD, detail=f"filtered by {size} bytes of seccomp")


def _limits(place: Place | None) -> Iterator[Finding]:
    if place is not None:
        held = f"by control groups, version {place.version}"
        yield Finding(subject="memory of a tree", health=Health.GOOD, detail=f"limited {held}, without swap")
        yield Finding(subject="number of processes", health=Health.GOOD, detail=f"limited {held}")
        yield Finding(subject="CPU time of a tree", health=Health.GOOD, detail=f"counted {held}")
        return
    why = "this user may make no control groups"
    yield _limited(
        "memory of a tree",
        f"{why}: each process is limited by the kernel, but all together only by a look at their private memory 20 times a second; shared memory and files are not counted",
    )
    yield _processes(why)
    yield _limited("CPU time of a tree", f"{why}: children of a process that ignores their end are not counted")


def _processes(why: str) -> Finding:
    if os.getuid() == 0:
        return _limited("number of processes", f"{why}, and the kernel does not hold root to any other limit")
    return Finding(subject="number of processes", health=Health.GOOD, detail="limited by the kernel for each command")


def _limited(subject: str, detail: str) -> Finding:
    return Finding(subject=subject, health=Health.LIMITED, detail=detail, remedy=_DELEGATE)


_DISK = Finding(
    subject="disk space and files",
    health=Health.GOOD,
    detail="samples write to memory of limited size; how many files they make is watched",
)
_SETUP_NETWORK = Finding(
    subject="network of setup",
    health=Health.LIMITED,
    detail="setup lines have the host's network, and so reach what listens on this machine and in its surroundings",
    remedy="--sandbox docker, which gives setup a network of its own",
)
