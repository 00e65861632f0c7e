"""Builds the image of an environment: a container in which setup runs, committed when that succeeded."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.errors import ConfigError, NoSandboxError, SandboxError
from core.execution import Command, ExecResult
from sandbox import shipping
from sandbox.confinement import SETTINGS, Confinement
from sandbox.engine import Engine
from sandbox.installing import install
from sandbox.package_index import PackageIndex, package_index
from sandbox.runner.container import PRISTINE
from sandbox.session import LAYOUT, RUNNER, Session

REPOSITORY = "perfsmith"
"""Images of environments are named so, with a part of their key as the tag."""
KEY_LABEL, RUN_LABEL = "perfsmith.environment", "perfsmith.run"
_TAG_LENGTH = 32
_CERTIFICATES = str(SETTINGS / "certificates.pem")
_MOVE_SECONDS = 600.0
_KEEP = f"""
find {LAYOUT.repo} -mindepth 1 -maxdepth 1 -exec mv -t {PRISTINE} -- {{}} + && chmod --reference={LAYOUT.repo} {PRISTINE}
"""
_COMPILE = ("python3", "-I", "-m", "compileall", "-q", str(LAYOUT.tools), str(RUNNER))
_FETCH = f"""
set -e
python3 -I -m venv /tmp/fetching
/tmp/fetching/bin/python -m pip install -q --no-deps --only-binary :all: --target {LAYOUT.tools}/{shipping.SITE} "$@"
ln -s {shipping.SITE}/bin {LAYOUT.tools}/{shipping.PROGRAMS}
rm -r /tmp/fetching
"""


def image_name(key: str) -> str:
    """The name of the image of an environment."""
    return f"{REPOSITORY}:{key[:_TAG_LENGTH]}"


@dataclass(frozen=True, kw_only=True)
class Building:
    """How to build the image of one environment."""

    engine: Engine
    base: str
    confinement: Confinement
    network: str
    labels: Mapping[str, str]
    """Of the container in which setup runs."""
    tools: Mapping[str, Path]
    output_bytes: int

    def build(self, tree: Path, setup: Sequence[str], key: str, *, timeout_seconds: float) -> str:
        """The id of the new image; ConfigError when the base image won't do or a setup line fails."""
        session = self._furnished(tree)
        try:
            index = package_index(os.environ)
            self._ship_profilers(session, index)
            run = replace(session, variables=index.trusting(_CERTIFICATES)).run_unscrubbed
            install(run, LAYOUT, setup, timeout_seconds=timeout_seconds, python=session.greeting["python"])
            _expect(run(_sh(_KEEP)), "the checkout can't be kept")
            labels = {**dict.fromkeys(self.labels, ""), KEY_LABEL: key, RUN_LABEL: self.labels.get(RUN_LABEL, "")}
            return self.engine.commit(session.container, name=image_name(key), labels=labels)
        finally:
            session.end()

    def _furnished(self, tree: Path) -> Session:
        """A container with everything in it but the profilers; nothing of the repository's has run in it."""
        try:
            container = self.engine.create(self.base, self.confinement.to_build(self.labels, network=self.network))
            self._furnish(container, tree)
            return Session.enter(self.engine, container, output_bytes=self.output_bytes)
        except SandboxError as error:
            raise NoSandboxError(
                f"no container for setup can be made from the base image {self.base!r}: {error}"
            ) from error

    def _furnish(self, container: str, tree: Path) -> None:
        ours = shipping.packed([*shipping.runner(), *shipping.harnesses(self.tools)])
        try:
            for contents in (ours, shipping.accounts(), shipping.checkout(tree)):
                with contents as archive:
                    self.engine.put(container, archive)
        except BaseException:
            self.engine.remove(container)
            raise

    def _ship_profilers(self, session: Session, index: PackageIndex) -> None:
        """From the host where they fit, else from the package index; without them there are fewer profiles, no less."""
        write = replace(_sh(f"cat > {_CERTIFICATES}"), stdin=index.certificates)
        _expect(session.run_unscrubbed(write), "the host's certificates can't be handed to setup")
        wanted = shipping.requirements(self.tools)
        if session.greeting["binaries"] == shipping.host_binaries():
            with shipping.packed(shipping.profilers(self.tools)) as archive:
                self.engine.put(session.container, archive)
        elif wanted:
            argv = ("/bin/sh", "-c", _FETCH, "sh", *wanted)
            self.engine.run_as_root(session.container, argv, index.trusting(_CERTIFICATES))
        self.engine.run_as_root(session.container, _COMPILE, {})


def _sh(line: str) -> Command:
    return Command(argv=("/bin/sh", "-c", line), timeout_seconds=_MOVE_SECONDS)


def _expect(result: ExecResult, what: str) -> None:
    if not result.succeeded:
        raise ConfigError(f"{what}: {result.failure}")
