"""Sandboxes that are containers of a Docker engine: no network, a read-only root, one warm container for each checkout."""

import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import docker
from docker.context import ContextAPI
from docker.errors import APIError, DockerException
from requests.exceptions import RequestException

from core.errors import ConfigError
from core.execution import Environment
from core.health import Finding, Health
from sandbox import shipping
from sandbox.building import KEY_LABEL, RUN_LABEL, Building, image_name
from sandbox.confinement import Confinement
from sandbox.container import Contained, patiently
from sandbox.docker_engine import DockerEngine
from sandbox.engine import EngineLostError, EngineRefusalError, Facts
from sandbox.engine_findings import findings, missing_runtime, no_base, unreachable
from sandbox.environments import key_of
from sandbox.images import Image, kept, prune
from sandbox.scratch import claimed, locked
from sandbox.session import Session
from sandbox.sweeping import owner_labels, remove_claimed, sweep

_DOCKERFILE = Path(__file__).with_name("Dockerfile")
_DEFAULT_PLACE = "unix:///var/run/docker.sock"


@dataclass(frozen=True, kw_only=True)
class Docker:
    """Builds an image for each environment, and runs every command in a container that nothing gets out of."""

    cache: Path
    """Folder of the locks that keep an image from being built twice at a time."""
    scratch: Path
    """Folder of claims, by which the containers of a process that crashed are told from those in use."""
    tools: Mapping[str, Path]
    """Folders that commands find read-only under these names in the layout's tools folder."""
    run: str = ""
    """The run that containers and images are labelled with."""
    engine: str = ""
    """Where the engine is; empty for what DOCKER_HOST says, or the current Docker context."""
    base: str = "perfsmith-base"
    """The image that environments begin with: a Debian with python3 and its venv module."""
    setup_network: str = "bridge"
    """The engine's network that setup may use. Samples have none."""
    runtime: str = ""
    """Another runtime that the engine has, such as runsc (gVisor) or kata; empty for its default."""
    cores: str = ""
    """The processors to run on, such as 2-3; empty for all."""
    memory_bytes: int = 8 << 30
    """Of all processes and all files of a sandbox together; there is no swap."""
    processes: int = 512
    """Processes and threads of a command together, with what starts it."""
    file_bytes: int = 2 << 30
    """Size of each file written, and of each private file system: the checkout, /tmp, /dev/shm and the home folder."""
    inodes: int = 1 << 18
    """Files and folders in each of these."""
    open_files: int = 4096
    """Open files of each process."""
    output_bytes: int = 1 << 20
    """What is kept of each output stream: its first and its last half."""

    @property
    def name(self) -> str:
        """As shown to people."""
        return "docker"

    def prepare(self, tree: Path, setup: Sequence[str], *, timeout_seconds: float) -> Environment:
        """The image of `tree` after the lines of `setup`, from the engine when it was built before."""
        with self._reached() as engine, self._claimed(engine) as claim:
            base = self._usable_base(engine)
            key = key_of(tree, setup, backend=f"{self.name} {base.id} {shipping.fingerprint(self.tools)}")
            sweep(engine, self.scratch)

            def build() -> str:
                remove_claimed(engine, claim)
                return self._building(engine, claim).build(tree, setup, key, timeout_seconds=timeout_seconds)

            with locked(self.cache / f"{key}.lock"):
                found = engine.images(f"{KEY_LABEL}={key}")
                image = found[0].id if found else patiently(engine, build)
                engine.name_image(image, image_name(key))
            return Environment(image)

    @contextmanager
    def open(self, environment: Environment, changes: Mapping[str, str | None]) -> Iterator[Contained]:
        """A sandbox on a fresh checkout with `changes`, compiled, in a container of its own that is gone afterwards."""
        with self._connected() as engine, self._claimed(engine) as claim:
            options = self.confinement.to_run(self._labels(claim))

            def begin() -> Session:
                remove_claimed(engine, claim)
                return Session.begin(engine, environment, options, output_bytes=self.output_bytes)

            patiently(engine, lambda: sweep(engine, self.scratch))
            with Contained(engine, begin, changes, memory_bytes=self.memory_bytes) as sandbox:
                yield sandbox

    def examine(self) -> Sequence[Finding]:
        """The engine, each limit that it enforces or not, and whether the base image is there."""
        try:
            with self._reached() as engine:
                found = list(findings(self._place, engine.info(), runtime=self.runtime, cores=self.cores))
                base = engine.image(self.base)
        except ConfigError as error:
            return [Finding(subject="Docker engine", health=Health.MISSING, detail=str(error))]
        detail = f"{self.base} is there" if base else str(no_base(self.base))
        remedy = "" if base else "perfsmith images base"
        health = Health.GOOD if base else Health.MISSING
        return [*found, Finding(subject="base image", health=health, detail=detail, remedy=remedy)]

    def images(self) -> tuple[Image, ...]:
        """The environments that the engine keeps, the newest first."""
        with self._reached() as engine:
            return kept(engine)

    def prune(self, *, unused_days: float) -> tuple[Image, ...]:
        """Remove the environments that no container needs and no run has asked for in so many days."""
        with self._reached() as engine:
            return prune(engine, unused_days=unused_days)

    def has_base(self) -> bool:
        """Whether the base image is there."""
        with self._reached() as engine:
            return engine.image(self.base) is not None

    def build_base(self, *, source: str) -> str:
        """Build the base image from the image `source`; returns its name."""
        with self._reached() as engine:
            engine.build(self.base, _DOCKERFILE, {"SOURCE": source}, network=self.setup_network)
        return self.base

    @property
    def confinement(self) -> Confinement:
        """What a container may do and take."""
        return Confinement(
            memory_bytes=self.memory_bytes,
            processes=self.processes,
            file_bytes=self.file_bytes,
            inodes=self.inodes,
            open_files=self.open_files,
            cores=self.cores,
            runtime=self.runtime,
        )

    @contextmanager
    def _reached(self) -> Iterator[DockerEngine]:
        """The engine; ConfigError when it does not answer."""
        with self._connected() as engine:
            try:
                engine.info()
                yield engine
            except EngineLostError as error:
                raise unreachable(self._place, str(error)) from error

    @contextmanager
    def _connected(self) -> Iterator[DockerEngine]:
        """The engine, whether it answers or not: it is connected to when it is asked for something."""
        engine = DockerEngine(self._connect, _translated)
        try:
            yield engine
        finally:
            engine.close()

    @contextmanager
    def _claimed(self, engine: DockerEngine) -> Iterator[Path]:
        """A claim for containers; when its work is done none of them is left, even if the engine was lost at that very moment."""
        with claimed(self.scratch) as claim:
            yield claim
            patiently(engine, lambda: remove_claimed(engine, claim))

    def _connect(self) -> docker.APIClient:
        _knock(self._place)
        environment = {**os.environ, **({"DOCKER_HOST": self.engine} if self.engine else {})}
        return docker.DockerClient.from_env(environment=environment).api

    @property
    def _place(self) -> str:
        """Where the engine is, or should be."""
        return self.engine or os.environ.get("DOCKER_HOST") or _place_of_context()

    def _usable_base(self, engine: DockerEngine) -> Facts:
        error = missing_runtime(self.runtime, engine.info())
        if error is not None:
            raise error
        base = engine.image(self.base)
        if base is None:
            raise no_base(self.base)
        if base.volumes:
            raise ConfigError(
                f"the base image {self.base!r} declares volumes, which are folders of the host; use another"
            )
        return base

    def _building(self, engine: DockerEngine, claim: Path) -> Building:
        return Building(
            engine=engine,
            base=self.base,
            confinement=self.confinement,
            network=self.setup_network,
            labels=self._labels(claim),
            tools=self.tools,
            output_bytes=self.output_bytes,
        )

    def _labels(self, claim: Path) -> Mapping[str, str]:
        return {RUN_LABEL: self.run, **owner_labels(self.scratch, claim)}


def _place_of_context() -> str:
    """What the Docker command line would use when nothing is said."""
    return str(ContextAPI.kwargs_from_context().get("base_url", _DEFAULT_PLACE)).replace("http+unix://", "unix://")


def _knock(place: str) -> None:
    """OSError unless somebody listens at `place`, if that is a socket of this machine; it says more than the library's."""
    scheme, _, path = place.partition("://")
    if scheme == "unix":
        with socket.socket(socket.AF_UNIX) as door:
            door.connect(path)


@contextmanager
def _translated() -> Iterator[None]:
    """The library's errors in our words."""
    try:
        yield
    except APIError as error:
        raise EngineRefusalError(error.explanation or str(error), status=error.status_code or 0) from error
    except (DockerException, RequestException, OSError) as error:
        raise EngineLostError(str(error)) from error
