"""The JSON forms of what is stored but never queried: a run's problem, backends and budget, and intervals by workload.

Each document carries the number of its format. A field that a newer release adds gets a new number here, and the reader
goes on to take the old ones. Format 1 is the first. Format 2: a problem's output may be `json`, `lines` or `floats`, too,
and it says whether a gain has to generalise, which it does where nothing is said.
"""

from collections.abc import Mapping
from typing import Any

from core.errors import StoreError
from core.measurement import Speedup
from core.output import OutputRule
from core.problem import Generality, Guards, Objective, Problem, WorkloadKind, WorkloadSpec
from core.run import Backends, BackendSpec
from core.spend import Budget
from store.escaping import seal, unseal

Form = Mapping[str, Any]
"""A JSON object."""

_FORMAT = 2
_READABLE = (1, _FORMAT)


def sealed(what: str, body: object) -> Form:
    """`body` under the name `what` with the format's number, as strict JSON."""
    return {"format": _FORMAT, what: seal(body)}


def unsealed(what: str, form: Form) -> Any:
    """The body that `sealed` was given; StoreError when the form is of another release."""
    if form.get("format") not in _READABLE:
        raise StoreError(
            f"the stored {what} has format {form.get('format')!r}, but this release of perfsmith reads up to format "
            f"{_FORMAT}; upgrade perfsmith"
        )
    return unseal(form[what])


def problem_form(problem: Problem) -> Form:
    """`problem` as JSON."""
    body = {
        "repository": problem.repository,
        "revision": problem.revision,
        "editable": list(problem.editable),
        "setup": list(problem.setup),
        "tests": problem.tests,
        "workloads": [{"kind": workload.kind, "target": workload.target} for workload in problem.workloads],
        "objective": problem.objective,
        "min_speedup": problem.min_speedup,
        "timeout_seconds": problem.timeout_seconds,
        "setup_timeout_seconds": problem.setup_timeout_seconds,
        "output": str(problem.output),
        "generalise": problem.generalise,
        "guards": {"wall": problem.guards.wall, "cpu": problem.guards.cpu, "memory": problem.guards.memory},
    }
    return sealed("problem", body)


def problem_of(form: Form) -> Problem:
    """The problem in `form`."""
    body = unsealed("problem", form)
    return Problem(
        repository=body["repository"],
        revision=body["revision"],
        editable=tuple(body["editable"]),
        setup=tuple(body["setup"]),
        tests=body["tests"],
        workloads=tuple(WorkloadSpec(kind=WorkloadKind(w["kind"]), target=w["target"]) for w in body["workloads"]),
        objective=Objective(body["objective"]),
        min_speedup=body["min_speedup"],
        timeout_seconds=body["timeout_seconds"],
        setup_timeout_seconds=body["setup_timeout_seconds"],
        output=OutputRule.parse(body["output"]),
        generalise=Generality(body.get("generalise", Generality.REQUIRE)),
        guards=Guards(wall=body["guards"]["wall"], cpu=body["guards"]["cpu"], memory=body["guards"]["memory"]),
    )


def backends_form(backends: Backends) -> Form:
    """`backends` as JSON; ConfigError when an option can't be written as JSON."""
    body = {
        "sandbox": _backend_form(backends.sandbox),
        "strategy": _backend_form(backends.strategy),
        "proposers": [_backend_form(backend) for backend in backends.proposers],
        "profilers": [_backend_form(backend) for backend in backends.profilers],
    }
    return sealed("backends", body)


def _backend_form(backend: BackendSpec) -> Form:
    return {"name": backend.name, "options": dict(backend.options)}


def backends_of(form: Form) -> Backends:
    """The backends in `form`."""
    body = unsealed("backends", form)
    return Backends(
        sandbox=_backend_of(body["sandbox"]),
        strategy=_backend_of(body["strategy"]),
        proposers=tuple(_backend_of(backend) for backend in body["proposers"]),
        profilers=tuple(_backend_of(backend) for backend in body["profilers"]),
    )


def _backend_of(body: Form) -> BackendSpec:
    return BackendSpec(name=body["name"], options=body["options"])


def budget_form(budget: Budget) -> Form:
    """`budget` as JSON."""
    body = {
        "candidates": budget.candidates,
        "tokens": budget.tokens,
        "dollars": budget.dollars,
        "seconds": budget.seconds,
    }
    return sealed("budget", body)


def budget_of(form: Form) -> Budget:
    """The budget in `form`."""
    body = unsealed("budget", form)
    return Budget(
        candidates=body["candidates"], tokens=body["tokens"], dollars=body["dollars"], seconds=body["seconds"]
    )


def speedups_form(speedups: tuple[tuple[str, Speedup], ...]) -> Form:
    """Speedups by workload as JSON, in their order."""
    rows = [
        {"workload": workload, "estimate": speedup.estimate, "low": speedup.low, "high": speedup.high}
        for workload, speedup in speedups
    ]
    return sealed("speedups", rows)


def speedups_of(form: Form) -> tuple[tuple[str, Speedup], ...]:
    """The speedups by workload in `form`."""
    return tuple(
        (row["workload"], Speedup(estimate=row["estimate"], low=row["low"], high=row["high"]))
        for row in unsealed("speedups", form)
    )
