"""Celery as we use it: ids go through it, and nothing else. What is true stands in the store."""

import logging
from collections.abc import Callable, Sequence

import structlog
from celery import Celery
from kombu.exceptions import OperationalError

from core.errors import ConfigError
from worker.settings import Settings

WORK = "perfsmith.work"
"""The task that a message asks for."""
QUEUE = "perfsmith"
CONNECT_SECONDS = 4.0
VISIBILITY_SECONDS = 6 * 60 * 60
"""Redis hands a message out again when nobody has confirmed it for so long. A worker confirms when it falls asleep, which
may take longer: a second message wakes somebody for nothing.
"""
Nudge = Callable[[Sequence[str]], None]
"""Tells workers that these runs wait."""

_log = logging.getLogger(__name__)


def make_celery(settings: Settings) -> Celery:
    """The application for these settings: Redis where a broker is set, else a folder in the home. Nothing is connected."""
    app = Celery("perfsmith", set_as_current=False)
    app.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_default_queue=QUEUE,
        task_ignore_result=True,
        task_acks_late=True,  # what a worker has taken counts as taken, so that the next message goes to an idle one
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,  # a run goes on without a broker
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=CONNECT_SECONDS,
        **(_redis(settings.work.broker_url) if settings.work.broker_url else _folder(settings)),
    )
    return app


def _redis(url: str) -> dict[str, object]:
    timeouts = {"socket_connect_timeout": CONNECT_SECONDS, "visibility_timeout": VISIBILITY_SECONDS}
    return {"broker_url": url, "broker_transport_options": timeouts}


def _folder(settings: Settings) -> dict[str, object]:
    folders = {name: settings.messages / name for name in ("messages", "control")}
    try:
        for folder in folders.values():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigError(f"the folder for messages {settings.messages} can't be made: {error.strerror}") from error
    messages, control = map(str, folders.values())
    options = {"data_folder_in": messages, "data_folder_out": messages, "control_folder": control}
    return {
        "broker_url": "filesystem://localhost",
        "broker_transport": "worker.queueing.folder:Transport",
        "broker_transport_options": options,
    }


def make_nudge(app: Celery) -> Nudge:
    """Sends a message for each id. A broker that is down is noted and is no error: the beat sends again."""

    def nudge(run_ids: Sequence[str]) -> None:
        for number, run_id in enumerate(run_ids):
            try:
                app.send_task(WORK, args=[run_id], queue=QUEUE, retry=False)
            except (OperationalError, OSError) as error:
                for untold in run_ids[number:]:
                    with structlog.contextvars.bound_contextvars(run=untold):
                        _log.warning("no message was sent for %s, the beat will send it: %s", untold, error)
                return

    return nudge


def messages_waiting(app: Celery) -> int:
    """How many messages nobody has taken yet. Raises what `BROKER_ERRORS` lists when the broker is down."""
    with app.connection_for_write() as connection:
        return int(connection.default_channel.queue_declare(queue=QUEUE).message_count)


BROKER_ERRORS = (OperationalError, OSError)
