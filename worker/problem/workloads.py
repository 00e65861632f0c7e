"""Reads the workloads that a user named, and refuses at the door what could not be run."""

import re

from core.errors import ConfigError
from core.problem import Objective, Problem, WorkloadKind, WorkloadSpec
from profiler.workloads.factory import workload_of
from worker.problem.protection import words_of
from worker.problem.source_tree import SourceTree
from worker.problem.values import Setting, did_you_mean, texts_of

EXAMPLE_WORKLOAD = "python workload.py"

_KIND = re.compile(r"([\w.-]+):\S")


def workloads_of(setting: Setting, source: SourceTree) -> tuple[WorkloadSpec, ...]:
    """The workloads of a text or a list of texts. ConfigError for unknown kinds, missing files and repetitions."""
    texts = texts_of(setting, EXAMPLE_WORKLOAD)
    specs = tuple(_workload(Setting(name=setting.name, value=text), text, source) for text in texts)
    if not specs:
        raise setting.wrong(f'names no workload; write e.g. "{EXAMPLE_WORKLOAD}"')
    if len(set(specs)) < len(specs):
        raise setting.wrong("names the same workload twice")
    return specs


def _workload(setting: Setting, text: str, source: SourceTree) -> WorkloadSpec:
    spec = WorkloadSpec.parse(text)
    if spec.kind is WorkloadKind.COMMAND:
        _refuse_unknown_kind(setting, text)
    try:
        # Only the form is of interest here: whether instructions can be counted is the worker's machine's affair.
        workload_of(spec, Objective.WALL, Problem.timeout_seconds)
    except ConfigError as error:
        raise setting.wrong(str(error)) from None
    for path in _files_of(spec):
        if path not in source.files and not source.below(path):
            raise setting.wrong(f"there is no file {path!r} in the repository")
    return spec


def _refuse_unknown_kind(setting: Setting, text: str) -> None:
    """No program's name holds a colon: `word:rest` is meant to be a kind that we don't know."""
    match = _KIND.match(text)
    if match:
        known = [kind.value for kind in WorkloadKind]
        meant = f" (did you mean callable:{text}?)" if "." in match[1] else did_you_mean(match[1], known)
        raise setting.wrong(f"{match[1]} is no kind of workload{meant}; kinds are {', '.join(known)}")


def _files_of(spec: WorkloadSpec) -> list[str]:
    """The files that a workload is sure to need; none when its target does not say."""
    words = [word.removeprefix("./") for word in words_of(spec.target)]
    if spec.kind is WorkloadKind.PYTEST_BENCHMARK:
        return [word.partition("::")[0] for word in words]
    return words[:1] if spec.kind is WorkloadKind.PYPERF else []
