"""The commands that keep running: processes of the service."""

import os
from typing import Annotated

import typer

from cli.session import make_home, open_store
from worker.kinship import die_with
from worker.settings import read_settings

app = typer.Typer()
Host = Annotated[str, typer.Option(help="Address to listen on; other than loopback only when there are tokens.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")]
PublicRead = Annotated[bool, typer.Option("--public-read", help="Show runs also to those without a token.")]


@app.command()
def worker(
    *,
    concurrency: Annotated[
        int,
        typer.Option(min=1, max=64, help="Runs to work on at a time. Timing takes place one at a time on a machine."),
    ] = 2,
    beat: Annotated[
        bool, typer.Option("--beat", help="Also look after runs whose worker is silent: one process is then enough.")
    ] = False,
    parent: Annotated[int, typer.Option(hidden=True, help="The process that this one must not outlive.")] = 0,
) -> None:
    """Work on runs that wait, until SIGTERM: then they are given back, and other workers go on with them."""
    if parent:
        die_with(parent)
    # Celery and SQL take a second to import, which no other command should wait for.
    from worker.queueing.serving import serve_worker  # noqa: PLC0415

    settings = read_settings(os.environ)
    make_home(settings)
    raise typer.Exit(serve_worker(settings, os.environ, concurrency=concurrency, with_beat=beat))


@app.command(name="beat")
def beat_command() -> None:
    """Look after runs whose worker is silent, and wake workers, until SIGTERM. One is enough, more do no harm."""
    from worker.queueing.serving import serve_beat  # noqa: PLC0415 - as above

    settings = read_settings(os.environ)
    make_home(settings)
    serve_beat(settings)


@app.command()
def github() -> None:
    """Attend to what a GitHub App is told by its webhook, until SIGTERM. The API keeps those events; workers do the work."""
    from worker.github.serving import serve_github  # noqa: PLC0415 - as above

    settings = read_settings(os.environ)
    make_home(settings)
    serve_github(settings, os.environ)


@app.command()
def api(*, host: Host = "127.0.0.1", port: Port = 8750, public_read: PublicRead = False) -> None:
    """Answer over HTTP: hand in runs, watch them, fetch their patches. The documentation is at /docs."""
    from api.serving import serve_api  # noqa: PLC0415 - as above

    settings = read_settings(os.environ)
    with open_store(settings) as store:
        serve_api(settings, store, host=host, port=port, public_read=public_read)


@app.command()
def web(*, host: Host = "127.0.0.1", port: Port = 8760, public_read: PublicRead = False) -> None:
    """Show the web UI alone; others work on what is handed in there."""
    from webui.serving import serve_web  # noqa: PLC0415 - Streamlit takes seconds to import

    settings = read_settings(os.environ)
    with open_store(settings) as store:
        serve_web(settings, store, host=host, port=port, public_read=public_read)


@app.command()
def serve(*, host: Host = "127.0.0.1", port: Port = 8760, public_read: PublicRead = False) -> None:
    """All on one machine: the web UI, the API at the same address, and a worker. They start and end together."""
    from webui.serving import serve_all  # noqa: PLC0415 - as above

    settings = read_settings(os.environ)
    with open_store(settings) as store:
        serve_all(settings, store, host=host, port=port, public_read=public_read)
