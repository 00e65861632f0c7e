"""How workers log: one line for each event, plain or as JSON, with the run's id in every line about a run."""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import Processor

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)
_CHATTY = ("alembic", "celery.worker.strategy", "celery.app.trace", "httpx")
"""Libraries that report each step of what goes well."""


def start_logging(log_format: str, stream: TextIO = sys.stderr) -> None:
    """From now on everything that is logged in this process, by us or by libraries, goes to `stream` in this format."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(processors=_written(log_format), foreign_pre_chain=_SHARED)
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)


def _written(log_format: str) -> list[Processor]:
    """Each ends in one line: what was logged may hold line ends."""
    strip = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if log_format == "json":
        return [strip, structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()]
    order = ["timestamp", "level", "run", "event"]
    return [
        strip,
        structlog.processors.format_exc_info,
        structlog.processors.KeyValueRenderer(key_order=order, drop_missing=True),
    ]
