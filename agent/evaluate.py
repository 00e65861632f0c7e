"""Observe a candidate: is the patch allowed, does it apply, does it behave the same, and what does it cost."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace

from agent.admission import admit, refusal
from agent.generalise import generalise
from agent.measure import Contest, SampleFailedError, measure
from agent.search import Bench
from core import stats
from core.candidate import CheckResult, Evaluation, Proposal, Verdict
from core.errors import SandboxError
from core.execution import Command
from core.measurement import Speedup
from core.problem import Objective
from core.progress import PairTimed
from core.protocols import Sandbox, Trial

ATTEMPTS = 2
"""How often an evaluation is tried when the sandbox itself breaks."""
PARSE_SECONDS = 30.0
_PARSE = "import ast, sys; [ast.parse(open(path, 'rb').read(), path) for path in sys.argv[1:]]"


def search_plan(objective: Objective) -> stats.Plan:
    """How pairs are looked at during the search."""
    return stats.EXACT if objective is Objective.INSTRUCTIONS else stats.SEARCH


def evaluate(proposal: Proposal, bench: Bench, *, number: int, plan: stats.Plan, purpose: str = "search") -> Evaluation:
    """Everything observed about `proposal`. What the candidate does wrong is in the result.

    `purpose` keeps the random orders of the search and of the confirmation apart. Raises SandboxError when the sandbox
    breaks in every one of ATTEMPTS attempts.
    """
    started = time.monotonic()
    for attempt in range(1, ATTEMPTS + 1):
        try:
            seen = _observe(
                proposal, bench, number=number, plan=plan, seed=f"{bench.seed}:{number}:{purpose}:{attempt}"
            )
            return replace(seen, seconds=time.monotonic() - started, machine=bench.machine)
        except SandboxError:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("the last attempt returns or raises")


def _observe(proposal: Proposal, bench: Bench, *, number: int, plan: stats.Plan, seed: str) -> Evaluation:
    refused, changes = admit(proposal, bench)
    if refused is not None:
        return Evaluation(failure=refused)
    with bench.provider.open(bench.environment, changes) as candidate:
        malformed = _syntax_error(candidate, changes)
        if malformed is not None:
            return Evaluation(failure=malformed)
        trial = Trial(original=bench.original, candidate=candidate, sources=bench.sources, changes=changes)
        checks = tuple(_checked(bench, trial))
        failed = next((result for result in checks if not result.passed), None)
        if failed is not None:
            return Evaluation(checks=checks, failure=failed)
        seen = _time(bench, candidate, checks, number=number, plan=plan, seed=seed)
        return seen if seen.failure else generalise(seen, bench, trial, plan=plan, seed=seed)


def _syntax_error(candidate: Sandbox, changes: Mapping[str, str | None]) -> CheckResult | None:
    """A changed Python file that does not parse. Asked in the sandbox: a parser is a large thing to feed hostile text."""
    files = [path for path, text in changes.items() if text is not None and path.endswith(".py")]
    if not files:
        return None
    argv = (candidate.layout.python, "-I", "-c", _PARSE, *files)
    result = candidate.run(Command(argv=argv, timeout_seconds=PARSE_SECONDS))
    return None if result.succeeded else refusal(Verdict.INVALID_PATCH, f"no valid Python: {result.failure}")


def _checked(bench: Bench, trial: Trial) -> Iterator[CheckResult]:
    """The results of the checks up to the first that fails."""
    for check in bench.checks:
        result = check.check(trial)
        yield result
        if not result.passed:
            return


def accepts_checks(bench: Bench, candidate: Sandbox, changes: Mapping[str, str | None]) -> bool:
    """Whether the candidate passes every check."""
    trial = Trial(original=bench.original, candidate=candidate, sources=bench.sources, changes=changes)
    return all(result.passed for result in _checked(bench, trial))


def _time(
    bench: Bench, candidate: Sandbox, checks: tuple[CheckResult, ...], *, number: int, plan: stats.Plan, seed: str
) -> Evaluation:
    contest = Contest(
        problem=bench.problem,
        original=bench.original,
        candidate=candidate,
        workloads=bench.workloads,
        plan=plan,
        threshold=bench.problem.min_speedup,
    )

    def on_pair(pairs: int, speedup: Speedup | None) -> None:
        bench.notify(PairTimed(number=number, pairs=pairs, speedup=speedup))

    try:
        with bench.measuring():
            return Evaluation(checks=checks, timings=measure(contest, seed=seed, on_pair=on_pair))
    except SampleFailedError as failed:
        return Evaluation(checks=(*checks, failed.result), failure=failed.result)
