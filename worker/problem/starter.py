"""Writes the perfsmith.toml that a user starts from: what was detected, and a line of comment on every key."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import tomlkit

from core.errors import ConfigError
from core.output import FORMS
from core.problem import Generality, Objective, Problem
from worker.problem.config_file import NO_TABLE, read_config
from worker.problem.configuration import EXAMPLE_GLOB, EXAMPLE_SETUP, EXAMPLE_TESTS
from worker.problem.detection import Detected, detect
from worker.problem.finders.found import Found
from worker.problem.source_tree import SourceTree
from worker.problem.workloads import EXAMPLE_WORKLOAD

MAX_SUGGESTIONS = 10


def starter_file(tree: Path) -> str:
    """The text of a perfsmith.toml for the repository at `tree`. ConfigError when it is configured already."""
    config = read_config(tree)
    if config is not NO_TABLE:
        raise ConfigError(f"{config.origin} configures this repository already; edit it instead")
    found = detect(SourceTree.of(tree))
    return "\n".join((*_header(), *_tests(found), *_workload(found), *_editable(found), *_setup(found), *_options()))


def _header() -> Iterator[str]:
    yield "# The problem that perfsmith works on: what to make faster, what may be changed for it, what must stay true."
    yield "# What was found in the repository is filled in; look through it, then run `perfsmith optimize`."


def _tests(found: Detected) -> Iterator[str]:
    yield from ("", "# The tests, as a shell line: all of them pass before a change, and after it.")
    yield from _key("tests", found.tests, "No tests were found: write how yours are run.", EXAMPLE_TESTS)


def _workload(found: Detected) -> Iterator[str]:
    yield ""
    yield "# What must become faster: a shell line, callable:module:function, pytest-benchmark:, pyperf: or asv:,"
    yield "# or a list of these. What it prints must stay the same; half a second to a few seconds is a good length."
    missing = "No benchmark was found: write a script that does what your users do, and prints a digest of the result."
    yield from _key("workload", found.workloads[0] if found.workloads else None, missing, EXAMPLE_WORKLOAD)
    others = found.workloads[1:]
    if others:
        yield "# Also found:"
        yield from (f"# workload = {_quoted(other.text)}" for other in others[:MAX_SUGGESTIONS])
    if len(others) > MAX_SUGGESTIONS:
        yield f"# and {len(others) - MAX_SUGGESTIONS} more"


def _editable(found: Detected) -> Iterator[str]:
    yield from (
        "",
        "# Files that may be changed, as in .gitignore. Tests, configuration and the files that the lines above",
    )
    yield "# name are never changed, unless a glob names exactly that file of the workload."
    yield from _keys("editable", found.editable, "No package was found: write where the code is.", EXAMPLE_GLOB)


def _setup(found: Detected) -> Iterator[str]:
    yield from (
        "",
        "# How to install it and what its tests need: shell lines, run once in a fresh virtual environment.",
    )
    yield from _keys("setup", found.setup, "Nothing to install was found; write lines if there is.", EXAMPLE_SETUP)


def _key(key: str, found: Found | None, missing: str, example: str) -> Iterator[str]:
    if found:
        yield f"# Found: {found.why}."
        yield f"{key} = {_quoted(found.text)}"
    else:
        yield f"# {missing} For example:"
        yield f"# {key} = {_quoted(example)}"


def _keys(key: str, found: Sequence[Found], missing: str, example: str) -> Iterator[str]:
    if found:
        yield f"{key} = ["
        yield from (f"  {_quoted(each.text)}, # {each.why}" for each in found)
        yield "]"
    else:
        yield f"# {missing} For example:"
        yield f"# {key} = [{_quoted(example)}]"


def _options() -> Iterator[str]:
    guards = Problem.guards
    rows = (
        (f"What to lower: {', '.join(Objective)}.", "objective", _quoted(Problem.objective)),
        ("How much faster a change must be for sure.", "min_speedup", f"{Problem.min_speedup:g}"),
        ("Seconds for the tests, and for one run of the workload.", "timeout", f"{Problem.timeout_seconds:g}"),
        ("Seconds for the setup.", "setup_timeout", f"{Problem.setup_timeout_seconds:g}"),
        (f"How what the workload prints is compared: {FORMS}.", "output", _quoted(str(Problem.output))),
        (f"A gain on the workload's own input or its repetition only: {', '.join(Generality)} (is refused, or is shown).", "generalise", _quoted(Problem.generalise)),
        (
            "How much more of another cost a change may use, as a factor; false for any amount.",
            "guards",
            f"{{ wall = {guards.wall}, cpu = {guards.cpu}, memory = {guards.memory} }}",
        ),
    )  # fmt: skip
    for comment, key, value in rows:
        yield from ("", f"# {comment}", f"# {key} = {value}")
    yield ""


def _quoted(text: str) -> str:
    return tomlkit.string(text).as_string()
