"""The commands. Each translates its options into one call of the worker and prints what comes back."""

import os
from importlib.metadata import version as installed
from pathlib import Path
from typing import Annotated

import typer

from cli import action, batch, database, images, keeping, service, tokens
from cli import options as o
from cli.groups import LimitOptions, ProblemOptions, ResultOptions, WorkOptions, grouped
from cli.session import Session, show_run, show_runs
from core.errors import ConfigError
from core.run import BackendSpec
from worker.backends import TABLE
from worker.options import refuse_stray, specs
from worker.problem.starter import starter_file
from worker.report.machine import to_json
from worker.settings import read_settings
from worker.submit import Request

STARTER = "perfsmith.toml"

app = typer.Typer(
    help="Makes other people's Python software faster and proves it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


app.add_typer(images.app, name="images")
app.add_typer(tokens.app, name="tokens")
app.add_typer(service.app)
app.add_typer(keeping.app)
app.command()(database.migrate)
app.add_typer(batch.app)
app.add_typer(action.app)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - the form that typer wants
    if wanted:
        typer.echo(f"perfsmith {installed('perfsmith')}")
        raise typer.Exit


@app.callback()
def perfsmith(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Makes other people's Python software faster and proves it."""
    del version


@app.command()
@grouped
def optimize(
    repo: o.Repository = ".",
    *,
    problem: ProblemOptions,
    proposer: o.Proposer = None,
    strategy: o.Strategy = "greedy",
    work: WorkOptions,
    candidates: o.Candidates = None,
    limits: LimitOptions,
    results: ResultOptions,
    apply: o.Apply = False,
) -> None:
    """Search for a patch that makes the workload of REPO faster, and prove it."""
    with Session.open(json=results.json, output=results.output) as session:
        names = proposer or [spec.name for spec in session.default_proposers()]
        *proposers, strategy_spec, sandbox = work.specs(*names, strategy)
        request = Request(
            repository=repo,
            ref=problem.ref,
            flags=problem.flags,
            sandbox=sandbox,
            strategy=strategy_spec,
            proposers=tuple(proposers),
            budget=limits.budget(candidates),
            seed=work.seed,
        )
        session.run(request, apply_to=repo if apply else None)


@app.command()
@grouped
def judge(
    repo: o.Repository = ".",
    *,
    patch: Annotated[Path, typer.Option(help="The patch: a unified diff against the revision; - for standard input.")],
    problem: ProblemOptions,
    work: WorkOptions,
    results: ResultOptions,
) -> None:
    """Tell whether a patch makes the workload of REPO faster and keeps its behaviour."""
    with Session.open(json=results.json, output=results.output) as session:
        (sandbox,) = work.specs()
        request = Request(
            repository=repo,
            ref=problem.ref,
            flags=problem.flags,
            sandbox=sandbox,
            strategy=BackendSpec(name="greedy", options={}),
            seed=work.seed,
            patch=_read_patch(patch),
        )
        session.run(request, apply_to=None)


@app.command()
@grouped
def resume(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The run's id or its beginning.")],
    *,
    candidates: o.OtherCandidates = None,
    limits: LimitOptions,
    results: ResultOptions,
) -> None:
    """Continue RUN from wherever it stopped; no model answer is paid for twice. A limit that is given replaces the run's."""
    with Session.open(json=results.json, output=results.output) as session:
        session.resume(run, limits.budget(candidates))


@app.command()
def runs(*, limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 20) -> None:
    """List the newest runs."""
    show_runs(limit)


@app.command()
def show(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The run's id or its beginning.")],
    *,
    json: o.Json = False,
) -> None:
    """Show one run: its outcome, its candidates, its patch."""
    show_run(run, json=json)


@app.command()
def init(
    repo: Annotated[
        Path, typer.Argument(metavar="[REPO]", help="The repository's folder.", show_default="here")
    ] = Path(),
) -> None:
    """Write a commented perfsmith.toml into REPO after a look at its tests and benchmarks."""
    target = repo / STARTER
    if not repo.is_dir():
        raise ConfigError(f"{repo} is no folder")
    text = starter_file(repo)
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ConfigError(f"{target} exists already; it is left as it is") from None
    except OSError as error:
        raise ConfigError(f"{target} can't be written: {error.strerror}") from error
    typer.echo(f"Wrote {target}. Read it, commit it, then run: perfsmith optimize")


@app.command()
def doctor(
    *,
    sandbox: Annotated[
        list[str] | None,
        typer.Option(help="Sandbox to examine; may be repeated. [default: all]", show_default=False),
    ] = None,
    option: o.Option = None,
    json: o.Json = False,
) -> None:
    """Examine this machine: which sandboxes work, how well it measures, what is missing and how to get it.

    Ends with 0 when a run is possible in a sandbox that isolates, else with 1.
    """
    # SciPy takes a second to import, which no other command should wait for.
    from cli.checkup import checkup_object, print_checkup  # noqa: PLC0415
    from worker.doctor import examine  # noqa: PLC0415

    names = sandbox or list(TABLE["sandbox"])
    refuse_stray(option or (), names)
    typer.echo("Examining this machine: some seconds for its noise, more while a run is being timed", err=True)
    checkup = examine(read_settings(os.environ), specs(names, option or ()))
    if json:
        typer.echo(to_json(checkup_object(checkup)), nl=False)
    else:
        print_checkup(checkup)
    raise typer.Exit(0 if checkup.is_fit else 1)


def _read_patch(path: Path) -> str:
    try:
        data = typer.get_binary_stream("stdin").read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise ConfigError(f"the patch {path} can't be read: {error.strerror}") from error
    return data.decode("utf-8", "surrogateescape")
