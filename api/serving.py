"""A process that answers over HTTP: from where it may be reached, and what it is made of."""

import ipaddress
import logging
from datetime import UTC, datetime

import uvicorn
from starlette.types import ASGIApp

from api.app import make_app
from api.rates import IN_THIS_PROCESS
from api.service import Service
from core.errors import ConfigError
from store.sql import SqlStore
from worker.logs import start_logging
from worker.queueing.app import make_celery, make_nudge
from worker.settings import Settings

GRACE_SECONDS = 5
"""For answers that are under way when the process is told to end."""

_log = logging.getLogger(__name__)


def serve_api(settings: Settings, store: SqlStore, *, host: str, port: int, public_read: bool) -> None:
    """Answer until SIGTERM. ConfigError for an address that others reach while there is no token."""
    listen(make_app(service_at(host, settings, store, public_read=public_read)), host, port)


def service_at(host: str, settings: Settings, store: SqlStore, *, public_read: bool) -> Service:
    """What answers at `host` are made from. ConfigError for an address that others reach while there is no token."""
    start_logging(settings.work.log_format)
    if not is_loopback(host) and not _has_valid_token(store):
        raise ConfigError(
            f"{host} can be reached from elsewhere, and there is no token that would be asked for; "
            "make one with `perfsmith tokens add NAME --scope admin`, or listen on 127.0.0.1"
        )
    service = Service(
        settings=settings,
        store=store,
        nudge=make_nudge(make_celery(settings)),
        is_local=is_loopback(host),
        public_read=public_read,
        # Several processes count together where there is a Redis.
        limits_url=settings.work.broker_url or IN_THIS_PROCESS,
    )
    if service.is_open:
        _log.warning("there is no token: whoever reaches this address on this machine may do everything")
    return service


def listen(application: ASGIApp, host: str, port: int) -> None:
    """Let the application answer at this address until the process is told to end."""
    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    uvicorn.Server(config).run()


def _has_valid_token(store: SqlStore) -> bool:
    now = datetime.now(UTC)
    return any(not token.problem_at(now) for token in store.keyring.tokens())


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
