"""`perfsmith images`: what the Docker backend keeps, and how to be rid of it."""

import os
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from core import figures
from core.errors import ConfigError
from sandbox.images import Image
from worker.images import SOURCE, ImageKeeper, image_keeper
from worker.options import refuse_stray, specs
from worker.report.plain import one_line
from worker.settings import read_settings

UNUSED_DAYS = 30.0
"""Images that no run has used for so long are pruned when nothing else is said."""

_SHORT = 12
"""Characters that tell one id from another."""

app = typer.Typer(
    help="List the environments that the Docker backend keeps as images, newest first.", rich_markup_mode=None
)


@app.callback(invoke_without_command=True)
def images(context: typer.Context) -> None:
    """List the environments that the Docker backend keeps as images, newest first."""
    if context.invoked_subcommand is None:
        print_images(_keeper().images())


@app.command()
def prune(
    *,
    unused_days: Annotated[
        float | None,
        typer.Option(min=0, help=f"Remove those that no run has used for so many days. [default: {UNUSED_DAYS:.0f}]"),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Remove all that no container needs.")] = False,
) -> None:
    """Remove images of environments; a run that needs one again builds it again."""
    if everything and unused_days is not None:
        raise ConfigError("--all and --unused-days exclude each other; give one of them")
    days = 0.0 if everything else UNUSED_DAYS if unused_days is None else unused_days
    removed = _keeper().prune(unused_days=days)
    print_images(removed, none="nothing to remove")
    if removed:
        typer.echo(f"Removed {len(removed)} image{'s' if len(removed) > 1 else ''}")


@app.command()
def base(
    *,
    source: Annotated[
        str, typer.Option("--from", metavar="IMAGE", help="A Debian with Python, from a registry or of this engine.")
    ] = SOURCE,
    option: Annotated[
        list[str] | None,
        typer.Option(help="docker.base=NAME for another name, docker.setup_network=NETWORK for another network."),
    ] = None,
) -> None:
    """Build the image that every environment begins with, from the Dockerfile that comes with perfsmith."""
    typer.echo(f"Building from {source}; this takes some minutes", err=True)
    typer.echo(f"Built {_keeper(option or ()).build_base(source=source)}")


def _keeper(options: Sequence[str] = ()) -> ImageKeeper:
    refuse_stray(options, ["docker"])
    return image_keeper(read_settings(os.environ), specs(["docker"], options)[0])


def print_images(images: Sequence[Image], *, none: str = "no images yet", console: Console | None = None) -> None:
    """Print one line for each image, in the order given; `none` when there is none."""
    (console or Console()).print(_table(images) if images else Text(none))


def _table(images: Sequence[Image]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for heading in ("image", "environment", "run", "created", "last used"):
        table.add_column(heading, no_wrap=True)
    table.add_column("size", no_wrap=True, justify="right")
    for image in images:
        names = (image.id.removeprefix("sha256:")[:_SHORT], image.environment_key[:_SHORT], image.run)
        dates = (at.astimezone().strftime("%Y-%m-%d") for at in (image.created_at, image.last_used_at))
        cells = (*(one_line(name, longest=_SHORT) or "–" for name in names), *dates, figures.memory(image.size_bytes))
        table.add_row(*map(Text, cells))
    return table
