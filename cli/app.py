"""The commands. Each translates its options into one call of the worker and prints what comes back."""

from importlib.metadata import version as installed
from pathlib import Path
from typing import Annotated

import typer

from cli import options as o
from cli.session import Session, show_run, show_runs
from core.errors import ConfigError
from core.run import BackendSpec
from core.spend import Budget
from worker.problem.settings import Flags
from worker.problem.starter import starter_file
from worker.submit import Request

STARTER = "perfsmith.toml"

app = typer.Typer(
    help="Makes other people's Python software faster and proves it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


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
def optimize(
    repo: o.Repository = ".",
    *,
    ref: o.Ref = None,
    editable: o.Editable = None,
    tests: o.Tests = None,
    workload: o.Workload = None,
    setup: o.Setup = None,
    objective: o.ObjectiveOption = None,
    min_speedup: o.MinSpeedup = None,
    timeout: o.Timeout = None,
    compare_output: o.OutputRuleOption = None,
    proposer: o.Proposer = None,
    strategy: o.Strategy = "greedy",
    sandbox: o.Sandbox = "bubblewrap",
    option: o.Option = None,
    seed: o.Seed = None,
    candidates: o.Candidates = None,
    dollars: o.Dollars = None,
    tokens: o.Tokens = None,
    seconds: o.Seconds = None,
    output: o.Output = None,
    apply: o.Apply = False,
    json: o.Json = False,
) -> None:
    """Search for a patch that makes the workload of REPO faster, and prove it."""
    flags = _flags(editable, tests, workload, setup, objective, min_speedup, timeout, compare_output)
    with Session.open(json=json, output=output) as session:
        names = proposer or [spec.name for spec in session.default_proposers()]
        o.refuse_stray(option or (), [*names, strategy, sandbox])
        request = Request(
            repository=repo,
            ref=ref,
            flags=flags,
            sandbox=o.specs([sandbox], option or ())[0],
            strategy=o.specs([strategy], option or ())[0],
            proposers=o.specs(names, option or ()),
            budget=Budget(candidates=candidates, dollars=dollars, tokens=tokens, seconds=seconds),
            seed=seed,
        )
        session.run(request, apply_to=repo if apply else None)


@app.command()
def judge(
    repo: o.Repository = ".",
    *,
    patch: Annotated[Path, typer.Option(help="The patch: a unified diff against the revision; - for standard input.")],
    ref: o.Ref = None,
    editable: o.Editable = None,
    tests: o.Tests = None,
    workload: o.Workload = None,
    setup: o.Setup = None,
    objective: o.ObjectiveOption = None,
    min_speedup: o.MinSpeedup = None,
    timeout: o.Timeout = None,
    compare_output: o.OutputRuleOption = None,
    sandbox: o.Sandbox = "bubblewrap",
    option: o.Option = None,
    seed: o.Seed = None,
    output: o.Output = None,
    json: o.Json = False,
) -> None:
    """Tell whether a patch makes the workload of REPO faster and keeps its behaviour."""
    flags = _flags(editable, tests, workload, setup, objective, min_speedup, timeout, compare_output)
    with Session.open(json=json, output=output) as session:
        o.refuse_stray(option or (), [sandbox])
        request = Request(
            repository=repo,
            ref=ref,
            flags=flags,
            sandbox=o.specs([sandbox], option or ())[0],
            strategy=BackendSpec(name="greedy", options={}),
            seed=seed,
            patch=_read_patch(patch),
        )
        session.run(request, apply_to=None)


@app.command()
def resume(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The run's id or its beginning.")],
    *,
    candidates: o.OtherCandidates = None,
    dollars: o.Dollars = None,
    tokens: o.Tokens = None,
    seconds: o.Seconds = None,
    output: o.Output = None,
    json: o.Json = False,
) -> None:
    """Continue RUN from wherever it stopped; no model answer is paid for twice. A limit that is given replaces the run's."""
    with Session.open(json=json, output=output) as session:
        session.resume(run, Budget(candidates=candidates, dollars=dollars, tokens=tokens, seconds=seconds))


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


def _flags(  # noqa: PLR0917 - one call each from the two commands, in their order
    editable: list[str] | None,
    tests: str | None,
    workload: list[str] | None,
    setup: list[str] | None,
    objective: str | None,
    min_speedup: float | None,
    timeout: float | None,
    compare_output: str | None,
) -> Flags:
    return Flags(
        editable=editable or None,
        tests=tests,
        workload=workload or None,
        setup=setup or None,
        objective=objective,
        min_speedup=min_speedup,
        timeout=timeout,
        output=compare_output,
    )


def _read_patch(path: Path) -> str:
    try:
        data = typer.get_binary_stream("stdin").read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise ConfigError(f"the patch {path} can't be read: {error.strerror}") from error
    return data.decode("utf-8", "surrogateescape")
