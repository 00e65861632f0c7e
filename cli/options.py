"""The options of the commands, written once: what is asked for, who works on it, what may be spent."""

from pathlib import Path
from typing import Annotated

import typer

from core.output import FORMS
from core.problem import Generality, Objective

PROBLEM = "Problem (flags win over [tool.perfsmith] in pyproject.toml or perfsmith.toml)"
BACKENDS = "Who works on it"
BUDGET = "Budget (the first limit reached ends the search)"
RESULTS = "Results"

Repository = Annotated[
    str, typer.Argument(metavar="[REPO]", help="Path or URL of a git repository.", show_default="here")
]
Ref = Annotated[
    str | None,
    typer.Option(help="Branch, tag or commit to work on; what is checked out when left out.", rich_help_panel=PROBLEM),
]
Editable = Annotated[
    list[str] | None, typer.Option(help="Glob of files that may be changed; may be repeated.", rich_help_panel=PROBLEM)
]
Tests = Annotated[str | None, typer.Option(help="Command that runs the tests.", rich_help_panel=PROBLEM)]
Workload = Annotated[
    list[str] | None,
    typer.Option(
        help="What must become faster: a command, or callable:, pytest-benchmark:, pyperf: or asv: and a target; may be repeated.",
        rich_help_panel=PROBLEM,
    ),
]
Setup = Annotated[
    list[str] | None,
    typer.Option(
        help="Command that installs the repository and its test dependencies; may be repeated.", rich_help_panel=PROBLEM
    ),
]
ObjectiveOption = Annotated[
    Objective | None, typer.Option(help="What to lower. [default: wall]", rich_help_panel=PROBLEM, show_default=False)
]
MinSpeedup = Annotated[
    float | None,
    typer.Option(
        help="What the lower end of the interval must clear. [default: 1.01]",
        rich_help_panel=PROBLEM,
        show_default=False,
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        help="Seconds for the tests, and for one sample. [default: 300]", rich_help_panel=PROBLEM, show_default=False
    ),
]
OutputRuleOption = Annotated[
    str | None,
    typer.Option(
        "--compare-output",
        help=f"How what the workload prints is compared: {FORMS}. [default: exact]",
        rich_help_panel=PROBLEM,
        show_default=False,
    ),
]
GeneraliseOption = Annotated[
    Generality | None,
    typer.Option(
        help="A gain that exists only on the workload's own input is refused, or shown and accepted. [default: require]",
        rich_help_panel=PROBLEM,
        show_default=False,
    ),
]
Proposer = Annotated[
    list[str] | None,
    typer.Option(
        help="openai, local, rules, replay, or module:Class; repeated: asked in turn. "
        "[default: openai when OPENAI_API_KEY is set, else rules and then local where it is installed]",
        rich_help_panel=BACKENDS,
    ),
]
Strategy = Annotated[str, typer.Option(help="greedy, beam, or module:Class.", rich_help_panel=BACKENDS)]
Sandbox = Annotated[
    str,
    typer.Option(
        help="docker, bubblewrap, unsafe (no isolation at all), or module:Class; `perfsmith doctor` tells which work here.",
        rich_help_panel=BACKENDS,
    ),
]
Option = Annotated[
    list[str] | None,
    typer.Option(
        help="BACKEND.NAME=VALUE, as in openai.temperature=0.2 or beam.width=5; may be repeated.",
        rich_help_panel=BACKENDS,
    ),
]
Seed = Annotated[
    int | None, typer.Option(min=0, max=2**63 - 1, help="Fixes the random order of samples.", rich_help_panel=BACKENDS)
]
OtherCandidates = Annotated[
    int | None, typer.Option("--candidates", min=1, help="Most candidates to try in all.", rich_help_panel=BUDGET)
]
Candidates = Annotated[
    int | None,
    typer.Option(min=1, help="Most candidates to try. [default: 30]", rich_help_panel=BUDGET, show_default=False),
]
Dollars = Annotated[
    float | None, typer.Option(min=0, help="Most dollars to spend on model calls.", rich_help_panel=BUDGET)
]
Tokens = Annotated[int | None, typer.Option(min=1, help="Most tokens to use.", rich_help_panel=BUDGET)]
Seconds = Annotated[
    float | None,
    typer.Option(min=0, help="Most working time; a candidate that was begun is finished.", rich_help_panel=BUDGET),
]
Output = Annotated[
    Path | None, typer.Option(help="Folder for patch.diff, report.html and run.json.", rich_help_panel=RESULTS)
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.", rich_help_panel=RESULTS)]
Apply = Annotated[
    bool,
    typer.Option(
        "--apply", help="Apply the confirmed patch to REPO (a path with nothing uncommitted).", rich_help_panel=RESULTS
    ),
]
