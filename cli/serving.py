"""The commands that answer over HTTP, and from where they may be reached."""

import ipaddress
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.session import open_store
from core.errors import ConfigError
from store.sql import SqlStore
from worker.settings import Settings, read_settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from api.service import Service

app = typer.Typer()
Host = Annotated[str, typer.Option(help="Address to listen on. Other than loopback only when there are tokens.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")]
GRACE_SECONDS = 5


PublicRead = Annotated[bool, typer.Option("--public-read", help="Show runs also to those without a token.")]


@app.command()
def api(*, host: Host = "127.0.0.1", port: Port = 8750, public_read: PublicRead = False) -> None:
    """Answer over HTTP: hand in runs, watch them, fetch their patches. The documentation is at /docs."""
    # FastAPI and Celery take a second to import, which no other command should wait for.
    from api.app import make_app  # noqa: PLC0415

    with _service(host, public_read=public_read) as service:
        _listen(make_app(service), host, port)


@app.command()
def web(*, host: Host = "127.0.0.1", port: Port = 8760, public_read: PublicRead = False) -> None:
    """Show the web UI alone; others work on what is handed in there."""
    from webui.mounting import make_site  # noqa: PLC0415 - Streamlit takes seconds to import

    with _service(host, public_read=public_read) as service:
        _listen(make_site(service), host, port)


@app.command()
def serve(*, host: Host = "127.0.0.1", port: Port = 8760, public_read: PublicRead = False) -> None:
    """All on one machine: the web UI, the API at the same address, and a worker. They start and end together."""
    from api.app import make_app  # noqa: PLC0415 - as above
    from webui.mounting import beside, make_site  # noqa: PLC0415 - as above

    with _service(host, public_read=public_read) as service, _worker():
        _listen(beside(make_site(service), make_app(service)), host, port)


@contextmanager
def _service(host: str, *, public_read: bool) -> Iterator["Service"]:
    """What web UI and API are made from; ConfigError for an address that others reach while nobody is asked for a token."""
    from api.service import Service  # noqa: PLC0415 - as above
    from worker.logs import start_logging  # noqa: PLC0415 - as above
    from worker.queueing.app import make_celery, make_nudge  # noqa: PLC0415 - as above

    settings = read_settings(os.environ)
    start_logging(settings.work.log_format)
    with open_store(settings) as store:
        is_open = is_open_on(host, store)
        if is_open:
            sys.stderr.write("There is no token: whoever reaches this address on this machine may do everything\n")
        yield Service(
            settings=settings,
            store=store,
            nudge=make_nudge(make_celery(settings)),
            is_open=is_open,
            public_read=public_read,
            limits_url=limits_url(settings),
        )


def _listen(application: "ASGIApp", host: str, port: int) -> None:
    import uvicorn  # noqa: PLC0415 - as above

    sys.stderr.write(f"Listening on http://{f'[{host}]' if ':' in host else host}:{port}\n")
    uvicorn.run(
        application,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


@contextmanager
def _worker() -> Iterator[None]:
    """A worker with a beat as a process of its own: it ends with this one, and this one with it. It logs where we do."""
    process = subprocess.Popen([sys.executable, "-m", "cli.main", "worker", "--beat"])
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


def is_open_on(host: str, store: SqlStore) -> bool:
    """Whether everybody may do everything at this address: on loopback, while there is no valid token. ConfigError where
    others could reach it as well.
    """
    now = datetime.now(UTC)
    if any(not token.problem_at(now) for token in store.keyring.tokens()):
        return False
    if not is_loopback(host):
        raise ConfigError(
            f"{host} can be reached from elsewhere, and there is no token that would be asked for; "
            "make one with `perfsmith tokens add NAME --scope admin`, or listen on 127.0.0.1"
        )
    return True


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def limits_url(settings: Settings) -> str:
    """Where requests are counted: in Redis where there is one, for several processes count together."""
    return settings.work.broker_url or "memory://"
