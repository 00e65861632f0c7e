"""What can be told of a Docker engine: why it can't be reached, and which of a sandbox's promises it can't keep."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.errors import ConfigError, NoSandboxError
from core.health import Finding, Health

_INSTALL = "apt-get install docker.io (Debian, Ubuntu), dnf install moby-engine (Fedora), or https://docs.docker.com/engine/install"
_SWAP = "boot with swapaccount=1 on the kernel's command line (cgroup v1), or use cgroup v2"


def unreachable(place: str, reason: str) -> NoSandboxError:
    """Why no engine answers at `place`, and what to do."""
    if "PermissionError" in reason or "Permission denied" in reason:
        return NoSandboxError(
            f"the Docker engine at {place} may not be used by this user: join the group that owns the socket "
            "(sudo usermod -aG docker $USER, then log in again), or use a rootless engine, and set DOCKER_HOST to it"
        )
    return NoSandboxError(
        f"no Docker engine answers at {place}: start it (systemctl start docker), name another one in DOCKER_HOST, "
        f"or install one: {_INSTALL}. `--sandbox bubblewrap` needs no engine. ({reason})"
    )


def no_base(name: str) -> NoSandboxError:
    """How to come by the base image."""
    return NoSandboxError(
        f"the engine has no image {name!r} for environments to begin with: build it with `perfsmith images base`, or "
        "name another one in the option `base` (any Debian or Ubuntu with python3 and its venv module)"
    )


def missing_runtime(wanted: str, info: Mapping[str, Any]) -> ConfigError | None:
    """The error when the engine does not have the runtime that the option names."""
    known = sorted(info.get("Runtimes") or {})
    if not wanted or wanted in known:
        return None
    return ConfigError(f"the Docker engine has no runtime {wanted!r}; it has: {', '.join(known)}")


def findings(place: str, info: Mapping[str, Any], *, runtime: str, cores: str) -> Iterator[Finding]:
    """The engine itself and each limit."""
    driver = f"cgroup v{info.get('CgroupVersion', '1')} ({info.get('CgroupDriver', '?')})"
    detail = (
        f"{info.get('ServerVersion')} at {place}, {driver}, {info.get('Driver')}, kernel {info.get('KernelVersion')}"
    )
    yield Finding(subject="Docker engine", health=Health.GOOD, detail=detail)
    yield _limit("memory limit", bool(info.get("MemoryLimit")), "containers are held to their memory")
    yield _swap(info)
    yield _limit("process limit", bool(info.get("PidsLimit")), "containers are held to their number of processes")
    if cores:
        yield _limit("pinned cores", bool(info.get("CPUSet")), f"containers run on {cores}")
    yield from _walls(info.get("SecurityOptions") or [])
    if runtime:
        error = missing_runtime(runtime, info)
        health = Health.MISSING if error else Health.GOOD
        yield Finding(subject="runtime", health=health, detail=str(error) if error else f"{runtime} is there")


def _limit(subject: str, works: bool, promise: str) -> Finding:  # noqa: FBT001  the one fact that it is about
    if works:
        return Finding(subject=subject, health=Health.GOOD, detail=promise)
    detail = f"not enforced by this kernel or this engine; otherwise {promise}"
    return Finding(subject=subject, health=Health.LIMITED, detail=detail, remedy="enable this cgroup controller")


def _swap(info: Mapping[str, Any]) -> Finding:
    if info.get("SwapLimit"):
        return Finding(subject="swap limit", health=Health.GOOD, detail="containers can't swap")
    detail = "no swap accounting: where the machine has swap, a container gets that beyond its memory limit"
    return Finding(subject="swap limit", health=Health.LIMITED, detail=detail, remedy=_SWAP)


def _walls(options: Sequence[str]) -> Iterator[Finding]:
    names = {option.split(",")[0].removeprefix("name=") for option in options}
    if "seccomp" in names:
        yield Finding(subject="seccomp", health=Health.GOOD, detail="system calls are filtered by our profile")
    else:
        detail = "this engine can't filter system calls, and refuses containers that ask for it"
        remedy = "use an engine and a kernel with seccomp (CONFIG_SECCOMP_FILTER)"
        yield Finding(subject="seccomp", health=Health.MISSING, detail=detail, remedy=remedy)
    remapped = sorted(names & {"rootless", "userns"})
    if remapped:
        detail = f"the engine is {remapped[0]}: the sandbox's user is nobody on the host"
        yield Finding(subject="user namespace", health=Health.GOOD, detail=detail)
    else:
        detail = "user 1000 of a container is user 1000 of the host, should it ever get out"
        remedy = 'set "userns-remap": "default" in /etc/docker/daemon.json, or use a rootless engine'
        yield Finding(subject="user namespace", health=Health.LIMITED, detail=detail, remedy=remedy)
