"""`perfsmith migrate`: the tables of a database, apart from the services that use them."""

import os
from dataclasses import replace
from importlib.metadata import version as installed

import typer

from cli.session import open_store
from store.failures import place_of
from worker.settings import read_settings


def migrate() -> None:
    """Bring the database that PERFSMITH_DATABASE_URL names to this release's tables.

    Services of this release and of the one before may go on meanwhile. They do it themselves unless
    PERFSMITH_UPGRADE_DATABASE is 0.
    """
    settings = replace(read_settings(os.environ), upgrades_database=True)
    with open_store(settings) as store:
        typer.echo(f"{place_of(store.engine.url)}: the tables are those of perfsmith {installed('perfsmith')}")
