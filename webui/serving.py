"""Processes that show the web UI: alone, or with all the rest of perfsmith around it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from api.app import make_app
from api.serving import listen, service_at
from store.sql import SqlStore
from webui.mounting import beside, make_site
from worker.settings import Settings


def serve_web(settings: Settings, store: SqlStore, *, host: str, port: int, public_read: bool) -> None:
    """Show the pages until SIGTERM. ConfigError for an address that others reach while there is no token."""
    listen(make_site(service_at(host, settings, store, public_read=public_read)), host, port)


POLITENESS = 10
"""How much less of a processor pages get than what is measured beside them, as a nice value on top of our own."""


def serve_all(settings: Settings, store: SqlStore, *, host: str, port: int, public_read: bool) -> None:
    """The pages, the API at the same address, and a worker; they end together. ConfigError as above."""
    service = service_at(host, settings, store, public_read=public_read)
    with _worker():
        os.nice(POLITENESS)
        listen(beside(make_site(service), make_app(service)), host, port)


@contextmanager
def _worker() -> Iterator[None]:
    """A worker with a beat as a process of its own: it ends with this one, however that ends, and this one with it. It logs where
    we do.
    """
    process = subprocess.Popen([sys.executable, "-m", "cli.main", "worker", "--beat", "--parent", str(os.getpid())])
    signal.signal(signal.SIGTERM, _leave)
    over = threading.Event()
    threading.Thread(target=_end_with, args=(process, over), daemon=True).start()
    try:
        yield
    finally:
        over.set()
        process.terminate()
        process.wait()


def _leave(*_: object) -> None:
    """End by way of every `finally`. uvicorn raises the signal once more when it has closed, which by default ends the process
    there and then and leaves the worker behind.
    """
    raise SystemExit(0)


def _end_with(process: subprocess.Popen[bytes], over: threading.Event) -> None:
    """Nobody would work on what is handed in after the worker has ended."""
    process.wait()
    if not over.is_set():
        os.kill(os.getpid(), signal.SIGTERM)
