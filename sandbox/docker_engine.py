"""A Docker engine as `sandbox.engine` wants one: every question that we ask of it, through a client made elsewhere."""

import io
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from core.errors import ConfigError, SandboxError
from sandbox.engine import EngineLostError, EngineRefusalError, Facts, Stream
from sandbox.framing import Unframed

_BACK_SECONDS = 60.0
_REMOVAL_SECONDS = 60.0
_DEATH_SECONDS = 3.0
_PAUSE_SECONDS = 0.2
_NOT_FOUND, _CONFLICT = 404, 409
_HOST_OPTIONS = (
    "auto_remove", "cap_drop", "cgroupns", "cpu_shares", "cpuset_cpus", "dns", "dns_search", "ipc_mode", "log_config", "mem_limit",
    "memswap_limit", "network_mode", "pids_limit", "read_only", "runtime", "security_opt", "sysctls", "tmpfs",
    "ulimits",
)  # fmt: skip
"""Options that Docker wants apart, since they belong to the host."""


class DockerEngine:
    """Connects when it is first asked for something, and again after it was lost."""

    def __init__(self, connect: Callable[[], Any], translated: Callable[[], AbstractContextManager[None]]) -> None:
        self._connect = connect
        self._translated = translated
        self._client: Any = None

    def close(self) -> None:
        """Give the connections back."""
        if self._client is not None:
            self._client.close()
            self._client = None

    @property
    def _api(self) -> Any:
        if self._client is None:
            self._client = self._connect()
        return self._client

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Errors in our words. After a loss nothing is left of the old connections."""
        try:
            with self._translated():
                yield
        except EngineLostError:
            self.close()
            raise

    def info(self) -> Mapping[str, Any]:
        """What the engine says about itself."""
        with self._asking():
            found: Mapping[str, Any] = self._api.info()
            return found

    def create(self, image: str, options: Mapping[str, object]) -> str:
        """A new container that is not running; returns its id."""
        apart = {name: value for name, value in options.items() if name in _HOST_OPTIONS}
        others = {name: value for name, value in options.items() if name not in _HOST_OPTIONS}
        with self._asking():
            host = self._api.create_host_config(**apart)
            return str(self._api.create_container(image, host_config=host, **others)["Id"])

    def start(self, container: str) -> Stream:
        """Start the container; its standard streams from the first byte on."""
        everything = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
        with self._asking():
            attached = _Attached(self._api.attach_socket(container, params=everything))
            try:
                self._api.start(container)
            except BaseException:
                attached.close()
                raise
            return Unframed(attached)

    def put(self, container: str, archive: BinaryIO) -> None:
        """Unpack a tar archive at the root of the container."""
        with self._asking():
            self._api.put_archive(container, "/", archive)

    def run_as_root(self, container: str, argv: Sequence[str], variables: Mapping[str, str]) -> str:
        """Run a command of ours beside what runs there, as a root without capabilities; what it said if it failed."""
        with self._asking():
            started = self._api.exec_create(container, list(argv), user="0:0", environment=dict(variables))["Id"]
            said: bytes = self._api.exec_start(started)
            failed = self._api.exec_inspect(started)["ExitCode"]
        return said.decode("utf-8", "replace") if failed else ""

    def commit(self, container: str, *, name: str, labels: Mapping[str, str]) -> str:
        """The container's files as a new image; returns its id."""
        repository, _, tag = name.partition(":")
        with self._asking():
            return str(self._api.commit(container, repository, tag, conf={"Labels": dict(labels)})["Id"])

    def remove(self, container: str) -> None:
        """Kill and remove the container; returns when it is gone."""
        try:
            with self._asking():
                self._api.remove_container(container, force=True, v=True)
        except EngineRefusalError as refusal:
            if refusal.status not in {_NOT_FOUND, _CONFLICT}:
                raise
            self._wait_until_removed(container)

    def _wait_until_removed(self, container: str) -> None:
        """A container that has ended removes itself, and may be at it just now."""
        deadline = time.monotonic() + _REMOVAL_SECONDS
        while self._exists(container):
            if time.monotonic() > deadline:
                raise SandboxError(f"the container {container[:12]} can't be removed")
            time.sleep(_PAUSE_SECONDS)

    def _exists(self, container: str) -> bool:
        try:
            with self._asking():
                self._api.inspect_container(container)
        except EngineRefusalError as refusal:
            if refusal.status != _NOT_FOUND:
                raise
            return False
        return True

    def ran_out_of_memory(self, container: str, since: datetime) -> bool:
        """Whether the kernel killed a process of the container, which has died, for want of memory."""
        # The engine may have died with it; then its old connections are of no use.
        self.close()
        deadline = time.monotonic() + _DEATH_SECONDS
        while time.monotonic() < deadline:
            if {"oom", "die"} <= self._events(container, since):
                return True
            time.sleep(_PAUSE_SECONDS)
        return False

    def _events(self, container: str, since: datetime) -> set[str]:
        """What the engine remembers to have happened to the container."""
        wanted = {"container": container, "event": ["oom", "die"]}
        with self._asking():
            now = int(time.time()) + 1
            seen = self._api.events(since=int(since.timestamp()), until=now, filters=wanted, decode=True)
            return {str(event["Action"]) for event in seen}

    def containers(self, label: str) -> Sequence[Facts]:
        """All containers with this label, also those that are not running."""
        with self._asking():
            found = self._api.containers(all=True, filters={"label": label})
        return [_container(each) for each in found]

    def image(self, name: str) -> Facts | None:
        """The image of this name or id."""
        try:
            with self._asking():
                return _image(self._api.inspect_image(name))
        except EngineRefusalError as refusal:
            if refusal.status != _NOT_FOUND:
                raise
            return None

    def images(self, label: str) -> Sequence[Facts]:
        """All images with this label, the newest first."""
        with self._asking():
            ids = [each["Id"] for each in self._api.images(filters={"label": label})]
        found = [image for each in ids if (image := self.image(each))]
        return sorted(found, key=lambda image: image.created_at, reverse=True)

    def name_image(self, image: str, name: str) -> None:
        """Give the image a name, which counts as a use of it."""
        repository, _, tag = name.partition(":")
        with self._asking():
            self._api.tag(image, repository, tag)

    def remove_image(self, image: str) -> bool:
        """Remove the image; False when a container needs it."""
        try:
            with self._asking():
                self._api.remove_image(image)
        except EngineRefusalError as refusal:
            if refusal.status not in {_NOT_FOUND, _CONFLICT}:
                raise
            return False
        return True

    def build(self, name: str, dockerfile: Path, arguments: Mapping[str, str], *, network: str) -> None:
        """Build the image `name`; ConfigError with what was said last when that fails."""
        content = io.BytesIO(dockerfile.read_bytes())
        options = {"buildargs": dict(arguments), "network_mode": network, "rm": True, "forcerm": True}
        with self._asking():
            for said in self._api.build(fileobj=content, tag=name, decode=True, **options):
                if "error" in said:
                    raise ConfigError(f"the image {name!r} can't be built: {said['error']}")

    def wait_until_back(self) -> None:
        """Return when the engine answers; SandboxError when it does not in a minute."""
        deadline = time.monotonic() + _BACK_SECONDS
        while True:
            try:
                with self._asking():
                    self._api.ping()
            except EngineLostError as lost:
                if time.monotonic() > deadline:
                    raise SandboxError(
                        f"the container engine did not come back in {_BACK_SECONDS:g} s: {lost}"
                    ) from lost
                time.sleep(_PAUSE_SECONDS)
            else:
                return


class _Attached:
    """The socket that the library hands out for an attached container; what that is depends on the way to the engine."""

    def __init__(self, attached: Any) -> None:
        self._attached = attached
        self._socket = getattr(attached, "_sock", attached)

    def settimeout(self, seconds: float) -> None:
        """From now on give up with TimeoutError after so long."""
        self._socket.settimeout(seconds)

    def sendall(self, data: bytes) -> None:
        """Write everything."""
        self._socket.sendall(data)

    def recv(self, size: int) -> bytes:
        """What is there, at most `size`; empty when the other end is gone."""
        received: bytes = self._socket.recv(size)
        return received

    def close(self) -> None:
        """End the container's standard input."""
        # The other end may be gone.
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        # What the library keeps the socket open by.
        getattr(self._attached, "_response", self._attached).close()


def _container(found: Mapping[str, Any]) -> Facts:
    created = datetime.fromtimestamp(found["Created"], UTC)
    return Facts(id=found["Id"], labels=found["Labels"] or {}, created_at=created, used_at=created)


def _image(found: Mapping[str, Any]) -> Facts:
    created = datetime.fromisoformat(found["Created"])
    named = (found.get("Metadata") or {}).get("LastTagTime") or found["Created"]
    settings = found.get("Config") or {}
    return Facts(
        id=found["Id"],
        labels=settings.get("Labels") or {},
        created_at=created,
        used_at=max(created, datetime.fromisoformat(named)),
        size_bytes=found["Size"],
        volumes=bool(settings.get("Volumes")),
    )
