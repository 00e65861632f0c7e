"""The same without any protection, for machines with neither Docker nor bubblewrap: commands see the host and its network.

There are no namespaces to give every checkout the same path, so each environment has one fixed folder, and the
checkout whose turn it is is moved there under a lock. That is why an editable install finds the right one.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from core.execution import Command, Environment, ExecResult, Layout
from core.health import Finding
from sandbox.checkout import Checkout
from sandbox.collecting import collect
from sandbox.environments import cached, key_of
from sandbox.examining import examine_unsafe
from sandbox.installing import compile_changed, install
from sandbox.scratch import claimed, copy, locked, remove
from sandbox.spawning import Limits, Spawner, Start, cores_of, program, starter
from sandbox.variables import sandbox_variables, setup_variables

_COMPILE_SECONDS = 120.0


@dataclass(frozen=True, kw_only=True)
class Unsafe:
    """Runs every command as a plain process of the user; trusts the code completely."""

    cache: Path
    """Folder of built environments."""
    scratch: Path
    """Folder of checkouts while they are in use, and of the fixed folders; part of what an environment is built for."""
    tools: Mapping[str, Path]
    """Folders that commands find under these names in the layout's tools folder."""
    memory_bytes: int = 8 << 30
    """Private memory of each process, and of all processes of a command together."""
    file_bytes: int = 2 << 30
    """Size of each file written."""
    open_files: int = 4096
    """Open files of each process."""
    cores: str = ""
    """Processors that commands run on, such as `0,2-3`; empty for all."""
    output_bytes: int = 1 << 20
    """What is kept of each output stream: its first and its last half."""

    @property
    def name(self) -> str:
        """As shown to people."""
        return "unsafe"

    def prepare(self, tree: Path, setup: Sequence[str], *, timeout_seconds: float) -> Environment:
        """The environment of `tree` after the lines of `setup`, from the cache when it was built before."""
        cores_of(self.cores)
        key = key_of(tree, setup, backend=f"{self.name} {self._fixed_folder('')}")
        place = _Place(root=self._fixed_folder(key), provider=self)

        def build(part: Path) -> None:
            with claimed(self.scratch) as folder, Spawner(output_bytes=self.output_bytes) as spawner:
                copy(tree, folder / "repo")
                (folder / "env").mkdir()
                with place.taken(folder / "repo", folder / "env"):
                    run = _Turn(place=place, spawner=spawner, variables=setup_variables(os.environ)).run
                    install(run, place.layout, setup, timeout_seconds=timeout_seconds)
                copy(folder / "repo", part / "repo")
                copy(folder / "env", part / "env")

        return Environment(str(cached(self.cache, key, build)))

    @contextmanager
    def open(self, environment: Environment, changes: Mapping[str, str | None]) -> Iterator["Open"]:
        """A sandbox on a fresh checkout with `changes`, compiled; its processes and files are gone afterwards."""
        built = Path(environment)
        place = _Place(root=self._fixed_folder(built.name), provider=self)
        with claimed(self.scratch) as folder, Spawner(output_bytes=self.output_bytes) as spawner:
            (folder / "env").symlink_to(built.resolve() / "env")
            turn = _Turn(place=place, spawner=spawner, variables={})
            sandbox = Open(turn=turn, checkout=Checkout(folder, built / "repo"), env=folder / "env")
            if changes:
                sandbox.checkout.change(changes)
                changed = [path for path, text in changes.items() if text is not None]
                compile_changed(sandbox.run_unscrubbed, place.layout, changed, timeout_seconds=_COMPILE_SECONDS)
                sandbox.checkout.seal()
            yield sandbox

    def examine(self) -> Sequence[Finding]:
        """That nothing holds, and whether it runs at all."""
        return examine_unsafe()

    def _fixed_folder(self, key: str) -> Path:
        return self.scratch.resolve() / "fixed" / key

    @property
    def limits(self) -> Limits:
        """What the kernel is told. Processes are not limited: it would count all of the user's."""
        return Limits(memory_bytes=self.memory_bytes, file_bytes=self.file_bytes, open_files=self.open_files)


@dataclass(frozen=True, kw_only=True)
class _Place:
    """The fixed folder of an environment."""

    root: Path
    provider: Unsafe

    @property
    def layout(self) -> Layout:
        """The same for every checkout."""
        root = PurePosixPath(self.root)
        return Layout(repo=root / "repo", env=root / "env", tools=root / "tools", out=root / "out")

    @contextmanager
    def taken(self, repo: Path, env: Path) -> Iterator[None]:
        """Move `repo` and `env` (a folder or a link to one) here, and back when the context ends."""
        with locked(self.root.with_suffix(".lock")):
            # Whatever a crashed process left here belongs to nobody.
            remove(self.root)
            (self.root / "tools").mkdir(parents=True)
            for name, folder in self.provider.tools.items():
                (self.root / "tools" / name).symlink_to(folder.resolve())
            repo.rename(self.root / "repo")
            env.rename(self.root / "env")
            try:
                yield
            finally:
                self._give_back("repo", repo)
                self._give_back("env", env)
                remove(self.root)

    def _give_back(self, name: str, to: Path) -> None:
        # A command may have taken away even the folder that it ran in.
        if os.path.lexists(self.root / name):
            (self.root / name).rename(to)
        else:
            to.mkdir()


@dataclass(frozen=True, kw_only=True)
class _Turn:
    """Runs commands in a place that was taken."""

    place: _Place
    spawner: Spawner
    variables: Mapping[str, str]

    def run(self, command: Command) -> ExecResult:
        """Run `command` with folders of its own for output, home and temporary files."""
        root = self.place.root
        fresh = [root / name for name in ("out", "home", "tmp")]
        for folder in fresh:
            folder.mkdir()
        try:
            result = self.spawner.run(self._start(command), command)
            return replace(result, files=collect(root / "out", command.collect))
        finally:
            for folder in fresh:
                remove(folder)

    def _start(self, command: Command) -> Start:
        layout, root = self.place.layout, self.place.root
        own = sandbox_variables(layout, home=str(root / "home"), temporary=str(root / "tmp"))
        provider = self.place.provider
        return Start(
            argv=[program("setsid"), "--fork", *starter(command.argv)],
            environment={**own, **self.variables, **command.environment, "PWD": str(layout.repo)},
            folder=Path(layout.repo),
            limits=provider.limits,
            cores=cores_of(provider.cores),
            tree_memory_bytes=provider.memory_bytes,
        )


@dataclass(frozen=True, kw_only=True)
class Open:
    """An open sandbox: waits for its turn with every command, and scrubs its checkout after each."""

    turn: _Turn
    checkout: Checkout
    env: Path

    @property
    def layout(self) -> Layout:
        """Where things are while a command runs."""
        return self.turn.place.layout

    def run_unscrubbed(self, command: Command) -> ExecResult:
        """Run `command` and leave in the checkout what it did there."""
        with self.turn.place.taken(self.checkout.repo, self.env):
            return self.turn.run(command)

    def run(self, command: Command) -> ExecResult:
        """Run `command` in the fixed folder and put the checkout back to what it was."""
        try:
            return self.run_unscrubbed(command)
        finally:
            self.checkout.scrub()
