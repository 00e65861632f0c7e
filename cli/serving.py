"""The commands that answer over HTTP, and from where they may be reached."""

import ipaddress
import os
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from cli.session import open_store
from core.errors import ConfigError
from store.sql import SqlStore
from worker.settings import Settings, read_settings

app = typer.Typer()
Host = Annotated[str, typer.Option(help="Address to listen on. Other than loopback only when there are tokens.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")]
GRACE_SECONDS = 5


@app.command()
def api(
    *,
    host: Host = "127.0.0.1",
    port: Port = 8750,
    public_read: Annotated[
        bool, typer.Option("--public-read", help="Show runs also to those without a token.")
    ] = False,
) -> None:
    """Answer over HTTP: hand in runs, watch them, fetch their patches. The documentation is at /docs."""
    # FastAPI and Celery take a second to import, which no other command should wait for.
    import uvicorn  # noqa: PLC0415

    from api.app import make_app  # noqa: PLC0415
    from api.service import Service  # noqa: PLC0415
    from worker.logs import start_logging  # noqa: PLC0415
    from worker.queueing.app import make_celery, make_nudge  # noqa: PLC0415

    settings = read_settings(os.environ)
    start_logging(settings.work.log_format)
    with open_store(settings) as store:
        is_open = is_open_on(host, store)
        if is_open:
            sys.stderr.write("There is no token: whoever reaches this address on this machine may do everything\n")
        service = Service(
            settings=settings,
            store=store,
            nudge=make_nudge(make_celery(settings)),
            is_open=is_open,
            public_read=public_read,
            limits_url=limits_url(settings),
        )
        uvicorn.run(
            make_app(service),
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )


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
