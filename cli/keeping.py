"""The commands about what is kept: forget old runs, carry a run from one store to another."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli.session import open_store
from worker.keeping import forget_old_runs, read_bundle, write_bundle
from worker.settings import read_settings

app = typer.Typer()


@app.command()
def prune(
    *,
    days: Annotated[int, typer.Option(min=1, max=36500, help="Forget runs that ended more than so many days ago.")],
) -> None:
    """Forget runs that ended long ago, with everything about them. Runs that wait or are worked on stay."""
    settings = read_settings(os.environ)
    with open_store(settings) as store:
        count = forget_old_runs(store, settings, older_than=timedelta(days=days))
    typer.echo(f"Forgot {count} {'run' if count == 1 else 'runs'}", err=True)


@app.command(name="export")
def export_run(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The run's id or its beginning.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it; must not exist.")],
) -> None:
    """Write RUN with all its candidates and samples to FILE, for another store to take in."""
    with open_store(read_settings(os.environ)) as store:
        write_bundle(store, run, file)


@app.command(name="import")
def import_run(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `perfsmith export` wrote.")],
) -> None:
    """Take in the run in FILE, for reading: it can't be taken up again."""
    with open_store(read_settings(os.environ)) as store:
        run_id = read_bundle(store, file)
    typer.echo(f"Imported; look at it with: perfsmith show {run_id}", err=True)
