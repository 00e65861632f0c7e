"""Runs migrations for Alembic: on the connection of `store.upgrade`, or for developers on PERFSMITH_DATABASE_URL."""

import os
from typing import Literal

from alembic import context
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

from store import service_tables  # noqa: F401 - so that the metadata has its tables, too
from store.engine import connect, for_writing
from store.tables import Table


def migrate(connection: Connection) -> None:
    """Run the migrations that were asked for. SQLite can change a table only by copying it: batch."""
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        render_item=render,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


def render(kind: str, item: object, _: object) -> str | Literal[False]:
    """The store's own column types are written as what they are in the database: a migration must not change with them."""
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


def migrate_for_developers() -> None:
    """Run the migrations on the database that the environment names."""
    url = os.environ.get("PERFSMITH_DATABASE_URL")
    if not url:
        message = "set PERFSMITH_DATABASE_URL, for example to sqlite:////path/to/perfsmith.db"
        raise CommandError(message)
    with for_writing(connect(url)).begin() as connection:
        migrate(connection)


if (given := context.config.attributes.get("connection")) is not None:
    migrate(given)
else:
    migrate_for_developers()
