"""Sandboxes made of Linux namespaces by bubblewrap: no network, no host files but the system's, no way to stay alive."""

import os
import resource
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from core.execution import Environment
from core.health import Finding
from sandbox import seccomp
from sandbox.bubbles import Bubbles
from sandbox.bwrap import bwrap, namespaces
from sandbox.cgroups import Place, find
from sandbox.container import Contained
from sandbox.environments import cached, key_of, python
from sandbox.examining import examine_bubblewrap
from sandbox.group import Group
from sandbox.installing import install
from sandbox.runner.container import PLACES, PRISTINE
from sandbox.scratch import claimed, copy
from sandbox.session import HOME, LAYOUT, OUT_BYTES, RUNNER, RUNNER_OPTIONS, Session
from sandbox.spawning import Limits, cores_of
from sandbox.system import devices, host_files, interpreter_files, kernel_files, package_files, read_only, write_etc
from sandbox.variables import setup_variables

_ROOT = Path(__file__).parents[1]
_PACKAGES = ("core", "sandbox")
"""What the runner imports, besides the standard library."""
_PRIVATE = {"/dev/shm": "1777", "/tmp": "1777", HOME: "0755", str(LAYOUT.out): "0755"}  # noqa: S108  the sandbox's own
"""File systems of each open sandbox's own, besides the checkout, with their modes."""


@dataclass(frozen=True, kw_only=True)
class Bubblewrap:
    """Runs commands in namespaces that are made for each open sandbox; works for ordinary users and for root."""

    cache: Path
    """Folder of built environments."""
    scratch: Path
    """Folder of what open sandboxes need on the host."""
    tools: Mapping[str, Path]
    """Folders that commands find read-only under these names in the layout's tools folder."""
    memory_bytes: int = 8 << 30
    """Private memory of each process and of all together; in a control group also shared memory and all files."""
    processes: int = 512
    """Processes of a command together. Without a control group the kernel does not hold root to it."""
    file_bytes: int = 2 << 30
    """Size of each file written, and of /tmp, /dev/shm and the home folder."""
    disk_bytes: int = 8 << 30
    """Size of the checkout, with what a command writes there."""
    files: int = 500_000
    """How many files a command may make in each of the folders that it may write to."""
    open_files: int = 4096
    """Open files of each process."""
    cores: str = ""
    """Processors that commands start out on, such as `0,2-3`; empty for all."""
    output_bytes: int = 1 << 20
    """What is kept of each output stream: its first and its last half."""

    @property
    def name(self) -> str:
        """As shown to people."""
        return "bubblewrap"

    def prepare(self, tree: Path, setup: Sequence[str], *, timeout_seconds: float) -> Environment:
        """The environment of `tree` after the lines of `setup`, from the cache when it was built before."""
        self._check()

        def build(part: Path) -> None:
            copy(tree, part / "repo")
            (part / "env").mkdir()
            with claimed(self.scratch) as folder:
                bubbles = self._bubbles([*self._outside(folder, setup=True), *_built(part)])
                session = self._begin(bubbles)
                try:
                    run = replace(session, variables=setup_variables(os.environ)).run_unscrubbed
                    install(run, LAYOUT, setup, timeout_seconds=timeout_seconds)
                finally:
                    session.end()

        return Environment(str(cached(self.cache, key_of(tree, setup, backend=self.name), build)))

    @contextmanager
    def open(self, environment: Environment, changes: Mapping[str, str | None]) -> Iterator[Contained]:
        """A sandbox on a fresh checkout with `changes`, compiled; its processes and files are gone afterwards."""
        self._check()
        with claimed(self.scratch) as folder:
            options = [*self._outside(folder, setup=False), *self._checkout(Path(environment))]
            bubbles = self._bubbles(options)
            begin = partial(self._begin, bubbles)
            with Contained(bubbles, begin, changes, memory_bytes=self.memory_bytes) as sandbox:
                yield sandbox

    def examine(self) -> Sequence[Finding]:
        """Whether it works here, and which limits do not hold."""
        return examine_bubblewrap()

    def _check(self) -> None:
        """ConfigError when something is missing, or an option is wrong."""
        bwrap()
        seccomp.program()
        cores_of(self.cores)

    def _begin(self, bubbles: Bubbles) -> Session:
        session = Session.enter(bubbles, self.name, output_bytes=self.output_bytes)
        return replace(session, held=self._held(in_group=find() is not None))

    def _held(self, *, in_group: bool) -> Mapping[str, object]:
        """What the runner has to see to. The kernel counts processes in the user namespace in which it is told the limit."""
        limits = Limits(memory_bytes=self.memory_bytes, file_bytes=self.file_bytes, open_files=self.open_files)
        processes = [] if in_group else [(resource.RLIMIT_NPROC, self.processes)]
        return {
            "limits": [*limits.request(), *processes],
            "cores": cores_of(self.cores),
            "memory": 0 if in_group else self.memory_bytes,
            "files": self.files,
            "places": [str(LAYOUT.repo), *map(str, PLACES)],
        }

    def _bubbles(self, options: Sequence[str]) -> Bubbles:
        return Bubbles(options, [str(python()), *RUNNER_OPTIONS], self._group)

    def _group(self) -> Group | None:
        """A new control group where this user may have one."""
        place: Place | None = find()
        if place is None:
            return None
        place.sweep()
        return place.make(memory_bytes=self.memory_bytes, processes=self.processes)

    def _outside(self, folder: Path, *, setup: bool) -> list[str]:
        """All but the checkout and the environment; setup has the network, and what is needed for that."""
        besides = package_files(os.environ) if setup else []
        own = {str(RUNNER / name): _ROOT / name for name in _PACKAGES}
        tools = {str(LAYOUT.tools / name): place for name, place in self.tools.items()}
        return [
            *namespaces(network=setup),
            *host_files(write_etc(folder / "etc", besides)),
            *("--proc", "/proc", *kernel_files(), "--dev", "/dev", *devices(folder / "dev"), "--mqueue", "/dev/mqueue"),
            *self._private_files(),
            *interpreter_files(),
            *read_only(besides),
            *(word for target, source in (own | tools).items() for word in ("--ro-bind", str(source), target)),
        ]

    def _private_files(self) -> list[str]:
        sizes = dict.fromkeys(_PRIVATE, self.file_bytes) | {str(LAYOUT.out): min(self.file_bytes, OUT_BYTES)}
        return [word for place, mode in _PRIVATE.items() for word in _tmpfs(place, mode, sizes[place])]

    def _checkout(self, built: Path) -> list[str]:
        """The environment, and a checkout that is memory: nothing of the host can be written."""
        fixed = ("--ro-bind", str(built / "env"), str(LAYOUT.env), "--ro-bind", str(built / "repo"), str(PRISTINE))
        return [*fixed, *_tmpfs(str(LAYOUT.repo), "0755", self.disk_bytes)]


def _tmpfs(place: str, mode: str, size: int) -> tuple[str, ...]:
    return ("--perms", mode, "--size", str(size), "--tmpfs", place)


def _built(part: Path) -> tuple[str, ...]:
    """The folders that setup fills."""
    return ("--bind", str(part / "env"), str(LAYOUT.env), "--bind", str(part / "repo"), str(LAYOUT.repo))
