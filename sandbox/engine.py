"""What we need of a container engine, in words of our own, so that one file alone knows an engine's library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from core.errors import SandboxError


class EngineLostError(Exception):
    """The engine, or a container that should be there, no longer answers. What was asked for can be asked again."""


class EngineRefusalError(SandboxError):
    """The engine answers that it can't or won't; `status` is HTTP's, by which some refusals are as good as success."""

    def __init__(self, reason: str, *, status: int) -> None:
        super().__init__(f"the container engine refuses: {reason}")
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Facts:
    """An image or a container, as the engine lists it."""

    id: str
    labels: Mapping[str, str]
    created_at: datetime
    used_at: datetime
    """Of an image: when it was last given its name, which every use does."""
    size_bytes: int = 0
    volumes: bool = False
    """Whether it asks for folders of the host."""


class Stream(Protocol):
    """The near end of the runner's standard streams."""

    def settimeout(self, seconds: float) -> None:
        """From now on give up with TimeoutError after so long."""

    def sendall(self, data: bytes) -> None:
        """Write everything."""

    def recv(self, size: int) -> bytes:
        """What there is of its standard output, at most `size`; empty when the other end is gone."""

    def complaints(self) -> str:
        """What it has said on its standard error so far."""

    def close(self) -> None:
        """End the container's standard input."""


class Containers(Protocol):
    """Starts containers and ends them. Every method raises EngineLostError when nobody answers."""

    def start(self, container: str) -> Stream:
        """Start the container; its standard streams from the first byte on."""

    def remove(self, container: str) -> None:
        """Kill and remove the container; returns when it is gone."""

    def ran_out_of_memory(self, container: str, since: datetime) -> bool:
        """Whether the kernel killed a process of the container, which has died, for want of memory."""

    def wait_until_back(self) -> None:
        """Return when containers can be started again; SandboxError when they can't in a minute."""


class Engine(Containers, Protocol):
    """A connection to a container engine. A method raises EngineRefusalError when the engine won't."""

    def create(self, image: str, options: Mapping[str, object]) -> str:
        """A new container that is not running; returns its id."""

    def put(self, container: str, archive: BinaryIO) -> None:
        """Unpack a tar archive at the root of the container."""

    def run_as_root(self, container: str, argv: Sequence[str], variables: Mapping[str, str]) -> str:
        """Run a command of ours beside what runs there, as a root without capabilities; what it said if it failed."""

    def commit(self, container: str, *, name: str, labels: Mapping[str, str]) -> str:
        """The container's files as a new image; returns its id."""

    def containers(self, label: str) -> Sequence[Facts]:
        """All containers with this label (`name` or `name=value`), also those that are not running."""

    def image(self, name: str) -> Facts | None:
        """The image of this name or id."""

    def images(self, label: str) -> Sequence[Facts]:
        """All images with this label, the newest first."""

    def name_image(self, image: str, name: str) -> None:
        """Give the image a name, which counts as a use of it."""

    def remove_image(self, image: str) -> bool:
        """Remove the image; False when a container needs it."""
