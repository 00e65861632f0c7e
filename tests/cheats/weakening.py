"""Takes away one line of defence, to see which cheats only that one stops."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from agent.decide import decide
from agent.measure import headline
from core import stats
from core.candidate import Decision, Evaluation, Verdict
from core.execution import Command, Environment, ExecResult, Layout
from core.health import Finding
from core.measurement import Speedup
from core.problem import Problem
from core.protocols import Sandbox, SandboxProvider
from sandbox.container import Contained
from tests.cheats.cheat import Defence
from tests.cheats.judging import Court

ONE_PAIR = stats.Plan(looks=(1,), alphas=(1.0,))
"""What a judge does who takes the time once, before and after."""


def without(defence: Defence, court: Court) -> Court:
    """The same court without `defence`, and without asking twice."""
    court = replace(court, confirms=False)
    if defence is Defence.PATCH:
        return replace(court, reads=False)
    if defence is Defence.STATISTICS:
        return replace(court, plan=ONE_PAIR, rule=_ratio_alone)
    if defence is Defence.GUARDS:
        return replace(court, rule=_interval_alone)
    if defence is Defence.GENERALISATION:
        return replace(court, bench=replace(court.bench, replayer=None))
    if defence is Defence.SANDBOX:
        return replace(court, bench=replace(court.bench, provider=Leaving(court.bench.provider)))
    checks = tuple(check for check in court.bench.checks if check.name != defence)
    return replace(court, bench=replace(court.bench, checks=checks))


def _ratio_alone(evaluation: Evaluation, problem: Problem, plan: stats.Plan) -> Decision:
    """Accepts whatever took less time than before."""
    ratios = headline(evaluation.timings, problem.objective) if evaluation.timings else []
    if evaluation.failure is None and ratios and ratios[0] > math.log(problem.min_speedup):
        faster = math.exp(ratios[0])
        speedup = Speedup(estimate=faster, low=faster, high=faster)
        return Decision(verdict=Verdict.ACCEPTED, reason="faster", speedup=speedup)
    return decide(evaluation, problem, plan)


def _interval_alone(evaluation: Evaluation, problem: Problem, plan: stats.Plan) -> Decision:
    """Accepts whatever is faster, at whatever price."""
    shown = stats.shown_by(headline(evaluation.timings, problem.objective), plan) if evaluation.timings else None
    if evaluation.failure is None and shown is not None and shown.low > problem.min_speedup:
        return Decision(verdict=Verdict.ACCEPTED, reason="faster", speedup=shown)
    return decide(evaluation, problem, plan)


@dataclass(frozen=True)
class Leaving:
    """A provider whose sandboxes leave everything where a command put it."""

    inner: SandboxProvider

    @property
    def name(self) -> str:
        """As shown to people."""
        return self.inner.name

    def prepare(self, tree: Path, setup: Sequence[str], *, timeout_seconds: float) -> Environment:
        """As without it."""
        return self.inner.prepare(tree, setup, timeout_seconds=timeout_seconds)

    def examine(self) -> Sequence[Finding]:
        """As without it."""
        return self.inner.examine()

    @contextmanager
    def open(self, environment: Environment, changes: Mapping[str, str | None]) -> Iterator[Sandbox]:
        """A sandbox in which nothing is put back."""
        with self.inner.open(environment, changes) as sandbox:
            yield LeavingSandbox(cast("Contained", sandbox))


@dataclass(frozen=True)
class LeavingSandbox:
    """Runs one command after the other in the same container."""

    inner: Contained

    @property
    def layout(self) -> Layout:
        """Where things are."""
        return self.inner.layout

    def run(self, command: Command) -> ExecResult:
        """The result; what the command wrote stays."""
        return self.inner._ready().run_unscrubbed(command)
