"""Sandboxes made of Linux namespaces by bubblewrap: no network, no host files but the system's, no way to stay alive."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from core.execution import Command, Environment, ExecResult, Layout
from core.health import Finding
from sandbox import seccomp
from sandbox.bwrap import bwrap, namespaces
from sandbox.cgroups import find
from sandbox.checkout import Checkout
from sandbox.collecting import collect
from sandbox.environments import cached, key_of
from sandbox.examining import examine_bubblewrap
from sandbox.installing import compile_changed, install
from sandbox.runner.sample import GIVEN
from sandbox.scratch import claimed, copy, remove
from sandbox.spawning import Limits, Spawner, Start, cores_of, inner_starter, program
from sandbox.system import host_files, interpreter_files, kernel_files, package_files, read_only, write_etc
from sandbox.variables import sandbox_variables, setup_variables

LAYOUT = Layout(
    repo=PurePosixPath("/repo"),
    env=PurePosixPath("/env"),
    tools=PurePosixPath("/perfsmith"),
    out=PurePosixPath("/out"),
)
_HOME = "/home/user"
_PRIVATE = {"/dev/shm": "1777", "/tmp": "1777", _HOME: "0755"}  # noqa: S108  the sandbox's own
"""File systems of each command's own, with their modes."""
_OPTIONS, _FILTER = str(GIVEN), str(GIVEN + 1)
"""The descriptors from which bwrap reads its options, so that no command line tells of the host's folders, and the filter."""
_COMPILE_SECONDS = 120.0


@dataclass(frozen=True, kw_only=True)
class Bubblewrap:
    """Runs every command in namespaces of its own; works for ordinary users and for root."""

    cache: Path
    """Folder of built environments."""
    scratch: Path
    """Folder of checkouts while they are in use."""
    tools: Mapping[str, Path]
    """Folders that commands find read-only under these names in the layout's tools folder."""
    memory_bytes: int = 8 << 30
    """Private memory of each process, and memory of all processes of a command together."""
    processes: int = 512
    """Processes of a command together. Without a control group the kernel does not hold root to it."""
    file_bytes: int = 2 << 30
    """Size of each file written, and of each private file system: /tmp, /dev/shm and the home folder."""
    disk_bytes: int = 8 << 30
    """What a command may write to the checkout and the out folder together (setup: and to the environment)."""
    files: int = 500_000
    """How many files a command may make there, and how many in each private file system."""
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
            with claimed(self.scratch) as folder, self._spawner() as spawner:
                room = _Room(provider=self, spawner=spawner, folder=folder, repo=part / "repo", env=part / "env")
                run = replace(room, setup=True).run
                install(run, LAYOUT, setup, timeout_seconds=timeout_seconds)

        return Environment(str(cached(self.cache, key_of(tree, setup, backend=self.name), build)))

    @contextmanager
    def open(self, environment: Environment, changes: Mapping[str, str | None]) -> Iterator["Bubble"]:
        """A sandbox on a fresh checkout with `changes`, compiled; its processes and files are gone afterwards."""
        self._check()
        with claimed(self.scratch) as folder, self._spawner() as spawner:
            built = Path(environment)
            checkout = Checkout(folder, built / "repo")
            room = _Room(provider=self, spawner=spawner, folder=folder, repo=checkout.repo, env=built / "env")
            if changes:
                checkout.change(changes)
                changed = [path for path, text in changes.items() if text is not None]
                compile_changed(room.run, LAYOUT, changed, timeout_seconds=_COMPILE_SECONDS)
                checkout.seal()
            yield Bubble(room=room, checkout=checkout)

    def examine(self) -> Sequence[Finding]:
        """Whether it works here, and which limits do not hold."""
        return examine_bubblewrap(scratch=self.scratch)

    def _check(self) -> None:
        """ConfigError when something is missing, or an option is wrong."""
        bwrap()
        seccomp.program()
        cores_of(self.cores)

    def _spawner(self) -> Spawner:
        """One with a control group where this user may have one."""
        place = find()
        if place is None:
            return Spawner(output_bytes=self.output_bytes)
        place.sweep()
        group = place.request(memory_bytes=self.memory_bytes, processes=self.processes)
        return Spawner(output_bytes=self.output_bytes, group=group)

    @property
    def limits(self) -> Limits:
        """What the kernel is told of each process."""
        return Limits(memory_bytes=self.memory_bytes, file_bytes=self.file_bytes, open_files=self.open_files)


@dataclass(frozen=True, kw_only=True)
class Bubble:
    """An open sandbox: the same room for every command, and a checkout that is scrubbed after each."""

    room: "_Room"
    checkout: Checkout
    layout: Layout = LAYOUT

    def run(self, command: Command) -> ExecResult:
        """Run `command` in new namespaces and put the checkout back to what it was."""
        try:
            return self.room.run(command)
        finally:
            self.checkout.scrub()


@dataclass(frozen=True, kw_only=True)
class _Room:
    """Host folders in their places: what a command sees."""

    provider: Bubblewrap
    spawner: Spawner
    folder: Path
    """For what is made up or made anew for each command."""
    repo: Path
    env: Path
    setup: bool = False
    """Whether commands have the network and may write the environment."""

    def run(self, command: Command) -> ExecResult:
        """Run `command` with an out folder of its own, and collect from that."""
        out = self.folder / "out"
        out.mkdir()
        try:
            result = self.spawner.run(self._start(command), command)
            return replace(result, files=collect(out, command.collect))
        finally:
            remove(out)

    def _start(self, command: Command) -> Start:
        options = "".join(f"{word}\0" for word in self._options(command))
        provider, grouped = self.provider, self.spawner.has_group
        # The kernel counts for this limit in the user namespace in which it is set.
        nproc = [] if grouped else [program("prlimit"), f"--nproc={provider.processes}", "--"]
        return Start(
            argv=[bwrap(), "--args", _OPTIONS, "--", *nproc, *inner_starter(command.argv)],
            environment={},
            folder=Path("/"),
            announced=False,
            limits=provider.limits,
            cores=cores_of(provider.cores),
            given=(os.fsencode(options), seccomp.program()),
            tree_memory_bytes=0 if grouped else provider.memory_bytes,
            disk=self._disk(),
        )

    def _disk(self) -> dict[str, object]:
        """What the spawner watches."""
        folders = [self.repo, self.folder / "out", *([self.env] if self.setup else [])]
        return {
            "folders": [str(folder) for folder in folders],
            "private": list(_PRIVATE),
            "bytes": self.provider.disk_bytes,
            "files": self.provider.files,
        }

    def _options(self, command: Command) -> list[str]:
        besides = package_files(os.environ) if self.setup else []
        return [
            *namespaces(network=self.setup),
            *("--seccomp", _FILTER),
            *self._variables(command),
            *host_files(write_etc(self.folder / "etc", besides)),
            *self._private_files(),
            *interpreter_files(),
            *read_only(besides),
            *self._own_files(),
            *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", str(LAYOUT.repo)),
        ]

    def _variables(self, command: Command) -> list[str]:
        variables = sandbox_variables(LAYOUT, home=_HOME, temporary="/tmp")  # noqa: S108  the sandbox's own
        if self.setup:
            variables |= setup_variables(os.environ)
        variables |= command.environment
        return ["--clearenv", *(word for name, value in variables.items() for word in ("--setenv", name, value))]

    def _private_files(self) -> list[str]:
        size = str(self.provider.file_bytes)
        private = (("--perms", mode, "--size", size, "--tmpfs", place) for place, mode in _PRIVATE.items())
        return ["--proc", "/proc", *kernel_files(), "--dev", "/dev", *(word for words in private for word in words)]

    def _own_files(self) -> list[str]:
        tools = [
            word
            for name, folder in self.provider.tools.items()
            for word in ("--ro-bind", str(folder), str(LAYOUT.tools / name))
        ]
        env = ["--bind" if self.setup else "--ro-bind", str(self.env), str(LAYOUT.env)]
        writable = ["--bind", str(self.repo), str(LAYOUT.repo), "--bind", str(self.folder / "out"), str(LAYOUT.out)]
        return [*env, *tools, *writable]
