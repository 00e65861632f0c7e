"""Options that several commands share, each group one object: a command takes the object, its users see the options.

Every option of a group has a default.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from functools import wraps
from typing import Any, get_type_hints

from cli import options as o
from core.run import BackendSpec
from core.spend import Budget
from worker.options import refuse_stray, specs
from worker.problem.settings import Flags


@dataclass(frozen=True, kw_only=True)
class ProblemOptions:
    """What is to become faster, and what must stay."""

    ref: o.Ref = None
    editable: o.Editable = None
    tests: o.Tests = None
    workload: o.Workload = None
    setup: o.Setup = None
    objective: o.ObjectiveOption = None
    min_speedup: o.MinSpeedup = None
    timeout: o.Timeout = None
    compare_output: o.OutputRuleOption = None
    generalise: o.GeneraliseOption = None

    @property
    def flags(self) -> Flags:
        """What overrides the repository's own configuration."""
        return Flags(
            editable=self.editable or None,
            tests=self.tests,
            workload=self.workload or None,
            setup=self.setup or None,
            objective=self.objective,
            min_speedup=self.min_speedup,
            timeout=self.timeout,
            output=self.compare_output,
            generalise=self.generalise,
        )


@dataclass(frozen=True, kw_only=True)
class WorkOptions:
    """Where the code runs, with which options and in which order."""

    sandbox: o.Sandbox = "bubblewrap"
    option: o.Option = None
    seed: o.Seed = None

    def specs(self, *names: str) -> tuple[BackendSpec, ...]:
        """The named backends and last the sandbox, with their options; ConfigError for an option of none of them."""
        taking_part = (*names, self.sandbox)
        refuse_stray(self.option or (), taking_part)
        return specs(taking_part, self.option or ())


@dataclass(frozen=True, kw_only=True)
class LimitOptions:
    """What may be spent."""

    dollars: o.Dollars = None
    tokens: o.Tokens = None
    seconds: o.Seconds = None

    def budget(self, candidates: int | None) -> Budget:
        """The budget with these limits and that of `candidates`."""
        return Budget(candidates=candidates, dollars=self.dollars, tokens=self.tokens, seconds=self.seconds)


@dataclass(frozen=True, kw_only=True)
class ResultOptions:
    """Where the outcome goes."""

    output: o.Output = None
    json: o.Json = False


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """`command` as typer wants it: in place of each parameter that is a group, one for each of the group's options."""
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: hint for name, hint in hints.items() if is_dataclass(hint)}

    @wraps(command)
    def flat(**given: Any) -> None:
        made = {
            name: group(**{each.name: given.pop(each.name) for each in fields(group)}) for name, group in groups.items()
        }
        command(**given, **made)

    parameters = [
        parameter
        for name, own in inspect.signature(command).parameters.items()
        for parameter in (_parameters(groups[name]) if name in groups else [own.replace(annotation=hints[name])])
    ]
    flat.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    flat.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return flat


def _parameters(group: Any) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    kind = inspect.Parameter.KEYWORD_ONLY
    return [
        inspect.Parameter(each.name, kind, default=each.default, annotation=hints[each.name]) for each in fields(group)
    ]
