"""Options that belong together, written once."""

from dataclasses import dataclass
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from cli.groups import LimitOptions, ProblemOptions, WorkOptions, grouped
from core.errors import ConfigError
from core.run import BackendSpec
from core.spend import Budget
from worker.problem.settings import NO_FLAGS, Flags


@dataclass(frozen=True, kw_only=True)
class Size:
    """A group of two."""

    width: Annotated[int, typer.Option(help="How wide.")] = 3
    deep: Annotated[bool, typer.Option("--deep")] = False


app = typer.Typer(rich_markup_mode=None)


@app.command()
@grouped
def measure(name: Annotated[str, typer.Argument()], *, size: Size, unit: str = "mm") -> None:
    """Measure NAME."""
    typer.echo(f"{name} {size} {unit}")


def test_a_group_reaches_its_command_as_one_object() -> None:
    assert CliRunner().invoke(app, ["box"]).stdout == f"box {Size()} mm\n"
    given = CliRunner().invoke(app, ["box", "--width", "7", "--deep", "--unit", "cm"])
    assert given.stdout == f"box {Size(width=7, deep=True)} cm\n"


def test_users_see_the_options_of_a_group_and_the_help_of_the_command() -> None:
    shown = CliRunner().invoke(app, ["--help"]).stdout

    for words in ("Measure NAME.", "--width", "How wide.", "--deep", "--unit"):
        assert words in shown
    assert "--size" not in shown


def test_options_that_were_not_given_leave_the_configuration_alone() -> None:
    assert ProblemOptions().flags == NO_FLAGS
    assert ProblemOptions(editable=["a"], timeout=3.0).flags == Flags(editable=["a"], timeout=3.0)


def test_every_backend_gets_its_own_options_the_sandbox_last() -> None:
    work = WorkOptions(sandbox="docker", option=["docker.base=mine", "beam.width=5"])
    assert work.specs("rules", "beam") == (
        BackendSpec(name="rules", options={}),
        BackendSpec(name="beam", options={"width": 5}),
        BackendSpec(name="docker", options={"base": "mine"}),
    )
    with pytest.raises(ConfigError, match="beam, which takes no part"):
        work.specs("rules")


def test_limits_are_a_budget_together_with_the_candidates() -> None:
    assert LimitOptions(dollars=2.0, tokens=9).budget(4) == Budget(candidates=4, dollars=2.0, tokens=9)
