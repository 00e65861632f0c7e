"""Reads a problem's configuration: the file in the repository, flags on top, and what is detected for the rest."""

from pathlib import Path

from core.errors import ConfigError
from core.output import OutputRule
from core.problem import Generality, Guards, Objective, Problem, WorkloadSpec, min_speedup_of
from worker.problem.config_file import OWN_FILE, read_config
from worker.problem.detection import Detected, detect
from worker.problem.editable import editable_of, globs_of
from worker.problem.finders.installation import find_setup
from worker.problem.metadata import metadata_of
from worker.problem.settings import NO_FLAGS, Flags, Settings, settings_of
from worker.problem.source_tree import SourceTree
from worker.problem.values import choice_of, number_of, text_of, texts_of
from worker.problem.workloads import EXAMPLE_WORKLOAD, workloads_of

EXAMPLE_TESTS = "python -m pytest -q tests"
EXAMPLE_SETUP = "python -m pip install -e ."
EXAMPLE_GLOB = "src/**/*.py"
MAX_FACTOR = 1000.0
MIN_SECONDS = 0.1
MAX_SECONDS = 7 * 24 * 3600.0


def problem_of(tree: Path, *, repository: str, revision: str, flags: Flags = NO_FLAGS) -> Problem:
    """The problem that the checkout `tree` of `repository` at `revision` states. ConfigError says what to change."""
    source = SourceTree.of(tree)
    settings = settings_of(read_config(tree), flags)
    found = detect(source)
    tests = _tests(settings, found)
    workloads = _workloads(settings, found, source)
    return Problem(
        repository=repository,
        revision=revision,
        editable=_editable(settings, found, source, tests, workloads),
        setup=_setup(settings, source, tests, workloads),
        tests=tests,
        workloads=workloads,
        objective=_objective(settings),
        min_speedup=_min_speedup(settings),
        timeout_seconds=_seconds(settings, "timeout", Problem.timeout_seconds),
        setup_timeout_seconds=_seconds(settings, "setup_timeout", Problem.setup_timeout_seconds),
        output=_output(settings),
        guards=_guards(settings),
        generalise=_generalise(settings),
    )


def _tests(settings: Settings, found: Detected) -> str:
    setting = settings.get("tests")
    if setting:
        return text_of(setting, EXAMPLE_TESTS)
    if found.tests:
        return found.tests.text
    raise _missing(settings, "tests", "no tests were found", EXAMPLE_TESTS)


def _workloads(settings: Settings, found: Detected, source: SourceTree) -> tuple[WorkloadSpec, ...]:
    setting = settings.get("workload")
    if setting:
        return workloads_of(setting, source)
    if found.workloads:
        return (WorkloadSpec.parse(found.workloads[0].text),)
    raise _missing(settings, "workload", "there is no workload and no benchmark was found", EXAMPLE_WORKLOAD)


def _missing(settings: Settings, key: str, why: str, example: str) -> ConfigError:
    write = f'write {key} = "{example}" in {settings.origin} or give --{key}'
    return ConfigError(f"{why}: {write}; `perfsmith init` writes a {OWN_FILE} to start from")


def _editable(
    settings: Settings, found: Detected, source: SourceTree, tests: str, workloads: tuple[WorkloadSpec, ...]
) -> tuple[str, ...]:
    setting = settings.get("editable")
    detected = tuple(each.text for each in found.editable)
    globs = globs_of(setting, source, detected, EXAMPLE_GLOB) if setting else detected
    if not globs:
        raise _missing(settings, "editable", "no package and no module was found", EXAMPLE_GLOB)
    return editable_of(globs, source, tests, workloads, name=setting.name if setting else "editable (detected)")


def _setup(settings: Settings, source: SourceTree, tests: str, workloads: tuple[WorkloadSpec, ...]) -> tuple[str, ...]:
    setting = settings.get("setup")
    if setting:
        return texts_of(setting, EXAMPLE_SETUP)
    return tuple(found.text for found in find_setup(source, metadata_of(source), tests, workloads))


def _objective(settings: Settings) -> Objective:
    setting = settings.get("objective")
    return choice_of(setting, Objective) if setting else Problem.objective


def _output(settings: Settings) -> OutputRule:
    setting = settings.get("output")
    if setting is None:
        return Problem.output
    try:
        return OutputRule.parse(setting.value if isinstance(setting.value, str) else "")
    except ValueError as error:
        raise setting.wrong(str(error)) from None


def _generalise(settings: Settings) -> Generality:
    setting = settings.get("generalise")
    return choice_of(setting, Generality) if setting else Problem.generalise


def _min_speedup(settings: Settings) -> float:
    setting = settings.get("min_speedup")
    return number_of(setting, 1.0, MAX_FACTOR) if setting else min_speedup_of(_objective(settings))


def _seconds(settings: Settings, key: str, default: float) -> float:
    setting = settings.get(key)
    return number_of(setting, MIN_SECONDS, MAX_SECONDS) if setting else default


def _guards(settings: Settings) -> Guards:
    return Guards(
        wall=_guard(settings, "wall", Guards.wall),
        cpu=_guard(settings, "cpu", Guards.cpu),
        memory=_guard(settings, "memory", Guards.memory),
    )


def _guard(settings: Settings, name: str, default: float | None) -> float | None:
    """The factor; None where the user wrote false to switch the guard off."""
    setting = settings.get(f"guards.{name}")
    if setting is None:
        return default
    return None if setting.value is False else number_of(setting, 1.0, MAX_FACTOR)
