"""`perfsmith tokens`: who may use the service over the network."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.session import open_store
from core.access import Scope, Token
from store.sql import SqlStore
from worker.settings import read_settings
from worker.tokens import REQUESTS_PER_MINUTE, mint

app = typer.Typer(help="Make, list and revoke the tokens of the service.", no_args_is_help=True, rich_markup_mode=None)
Name = Annotated[str, typer.Argument(metavar="NAME", help="Whose it is; their runs carry this name.")]


@app.command()
def add(
    name: Name,
    *,
    scope: Annotated[Scope, typer.Option(help="What it is good for; each allows what the one before does.")],
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="Days until it expires. [default: never]")] = None,
    requests_per_minute: Annotated[int, typer.Option(min=1, max=100_000)] = REQUESTS_PER_MINUTE,
    dollars_per_day: Annotated[
        float | None, typer.Option(min=0, help="What its runs may cost in any 24 hours. [default: no limit]")
    ] = None,
) -> None:
    """Make a token and print its secret, which is shown this once."""
    minted = mint(
        name,
        scope,
        expires_in=None if days is None else timedelta(days=days),
        requests_per_minute=requests_per_minute,
        dollars_per_day=dollars_per_day,
    )
    with _store() as store:
        store.keyring.add(minted.token)
    typer.echo("The secret, which is shown this once:", err=True)
    typer.echo(minted.secret)


@app.command(name="list")
def list_tokens() -> None:
    """List all tokens, without their secrets."""
    with _store() as store:
        print_tokens(store.keyring.tokens())


@app.command()
def revoke(name: Name) -> None:
    """End the token of this name at once."""
    with _store() as store:
        store.keyring.revoke(name)
    typer.echo(f"Revoked {name}", err=True)


def print_tokens(tokens: tuple[Token, ...], console: Console | None = None) -> None:
    """One line for each."""
    console = console or Console()
    if not tokens:
        console.print("no tokens yet")
        return
    table = Table(box=None, pad_edge=False)
    for title in ("name", "scope", "state", "created", "requests/min", "dollars/day"):
        table.add_column(title)
    for token in tokens:
        dollars = "no limit" if token.dollars_per_day is None else f"{token.dollars_per_day:.2f}"
        made = f"{token.created_at:%Y-%m-%d}"
        table.add_row(token.name, token.scope, _state(token), made, str(token.requests_per_minute), dollars)
    console.print(table)


def _state(token: Token) -> str:
    problem = token.problem_at(datetime.now(UTC)).removeprefix("this token ").removeprefix("was ")
    if problem:
        return problem
    return "valid" if token.expires_at is None else f"valid until {token.expires_at:%Y-%m-%d}"


@contextmanager
def _store() -> Iterator[SqlStore]:
    with open_store(read_settings(os.environ)) as store:
        yield store
