"""Sandboxes made of Linux namespaces by bubblewrap: no network, no host files but the system's, no way to stay alive."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from core.errors import ConfigError
from core.execution import Command, Environment, ExecResult, Layout
from sandbox.checkout import Checkout
from sandbox.collecting import collect
from sandbox.environments import cached, key_of
from sandbox.installing import compile_changed, install
from sandbox.scratch import claimed, copy, remove
from sandbox.spawning import Limits, Spawner, Start, starter
from sandbox.system import host_files, interpreter_files, package_files, write_made_up_files
from sandbox.variables import sandbox_variables, setup_variables

LAYOUT = Layout(
    repo=PurePosixPath("/repo"),
    env=PurePosixPath("/env"),
    tools=PurePosixPath("/perfsmith"),
    out=PurePosixPath("/out"),
)
_HOME = "/home/user"
_USER = "1000"
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
    """Private memory of each process."""
    processes: int = 512
    """Processes of a command together; the kernel does not hold root to it."""
    file_bytes: int = 2 << 30
    """Size of each file written, and of each private file system: /tmp, /dev/shm and the home folder."""
    open_files: int = 4096
    """Open files of each process."""
    output_bytes: int = 1 << 20
    """What is kept of each output stream: its first and its last half."""

    @property
    def name(self) -> str:
        """As shown to people."""
        return "bubblewrap"

    def prepare(self, tree: Path, setup: Sequence[str], *, timeout_seconds: float) -> Environment:
        """The environment of `tree` after the lines of `setup`, from the cache when it was built before."""
        _bwrap()

        def build(part: Path) -> None:
            copy(tree, part / "repo")
            (part / "env").mkdir()
            with claimed(self.scratch) as folder, Spawner(output_bytes=self.output_bytes) as spawner:
                room = _Room(provider=self, spawner=spawner, folder=folder, repo=part / "repo", env=part / "env")
                run = replace(room, setup=True).run
                install(run, LAYOUT, setup, timeout_seconds=timeout_seconds)

        return Environment(str(cached(self.cache, key_of(tree, setup, backend=self.name), build)))

    @contextmanager
    def open(self, environment: Environment, changes: Mapping[str, str | None]) -> Iterator["Bubble"]:
        """A sandbox on a fresh checkout with `changes`, compiled; its processes and files are gone afterwards."""
        _bwrap()
        with claimed(self.scratch) as folder, Spawner(output_bytes=self.output_bytes) as spawner:
            built = Path(environment)
            checkout = Checkout(folder, built / "repo")
            room = _Room(provider=self, spawner=spawner, folder=folder, repo=checkout.repo, env=built / "env")
            if changes:
                checkout.change(changes)
                changed = [path for path, text in changes.items() if text is not None]
                compile_changed(room.run, LAYOUT, changed, timeout_seconds=_COMPILE_SECONDS)
                checkout.seal()
            yield Bubble(room=room, checkout=checkout)

    @property
    def limits(self) -> Limits:
        """What the kernel is told."""
        return Limits(
            memory_bytes=self.memory_bytes,
            file_bytes=self.file_bytes,
            open_files=self.open_files,
            processes=self.processes,
        )


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
            argv = [*self._options(command), "--", *self.provider.limits.wrap(starter(command.argv))]
            start = Start(argv=argv, environment={}, folder=Path("/"), announced=False)
            result = self.spawner.run(start, command)
            return replace(result, files=collect(out, command.collect))
        finally:
            remove(out)

    def _options(self, command: Command) -> list[str]:
        return [
            *_namespaces(network=self.setup),
            *self._variables(command),
            *host_files(write_made_up_files(self.folder / "etc")),
            *self._private_files(),
            *interpreter_files(),
            *(package_files(os.environ) if self.setup else ()),
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
        places = {"/dev/shm": "1777", "/tmp": "1777", _HOME: "0755"}  # noqa: S108  the sandbox's own
        private = (("--perms", mode, "--size", size, "--tmpfs", place) for place, mode in places.items())
        return ["--proc", "/proc", "--dev", "/dev", *(word for words in private for word in words)]

    def _own_files(self) -> list[str]:
        tools = [
            word
            for name, folder in self.provider.tools.items()
            for word in ("--ro-bind", str(folder), str(LAYOUT.tools / name))
        ]
        env = ["--bind" if self.setup else "--ro-bind", str(self.env), str(LAYOUT.env)]
        writable = ["--bind", str(self.repo), str(LAYOUT.repo), "--bind", str(self.folder / "out"), str(LAYOUT.out)]
        return [*env, *tools, *writable]


def _namespaces(*, network: bool) -> list[str]:
    return [
        _bwrap(),
        "--unshare-all",
        *(["--share-net"] if network else []),
        *("--uid", _USER, "--gid", _USER, "--cap-drop", "ALL", "--hostname", "sandbox"),
        *("--die-with-parent", "--new-session"),
    ]


def _bwrap() -> str:
    found = shutil.which("bwrap", path="/usr/bin:/bin:/usr/local/bin")
    if found is None:
        raise ConfigError(
            "bubblewrap is not installed: apt-get install bubblewrap (Debian, Ubuntu) or dnf install bubblewrap "
            "(Fedora). `--sandbox unsafe` does without, and without protection from the code that is run"
        )
    return found
