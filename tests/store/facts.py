"""Examples and hypothesis strategies for everything that a store keeps."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from core.candidate import Candidate, CheckResult, Decision, Evaluation, Proposal, Verdict
from core.measurement import Costs, Pair, Speedup, Timing
from core.output import OutputRule
from core.problem import Problem, WorkloadKind, WorkloadSpec
from core.profile import Profile
from core.proposing import ModelCall
from core.run import Backends, BackendSpec, Record, Run, RunKind
from core.spend import Budget

MOMENT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def a_run(run_id: str = "3fa4", *, minutes: int = 0) -> Run:
    backend = BackendSpec(name="local", options={"memory": "2g", "cpus": 1.5, "mounts": ["/data"], "keep": False})
    return Run(
        id=run_id,
        kind=RunKind.OPTIMIZE,
        problem=Problem(
            repository="https://example.org/slow.git",
            revision="0" * 40,
            editable=("*.py",),
            setup=("pip install -e .",),
            tests="pytest",
            workloads=(WorkloadSpec(kind=WorkloadKind.COMMAND, target="python main.py"),),
        ),
        backends=Backends(
            sandbox=backend, strategy=backend, proposers=(replace(backend, name="openai"),), profilers=()
        ),
        budget=Budget(candidates=8),
        seed=7,
        created_at=MOMENT + timedelta(minutes=minutes),
    )


def a_candidate(number: int = 0, *, parent: int | None = None, proposer: str = "rules") -> Candidate:
    proposal = Proposal(patch=f"patch {number}", rationale="why", direction="set", proposer=proposer)
    return Candidate(number=number, parent=parent, proposal=proposal)


def an_evaluation(pairs: int = 2) -> Evaluation:
    costs = Costs(wall_seconds=0.25, cpu_seconds=0.125, memory_bytes=1 << 40)
    taken = tuple(Pair(original=costs, candidate=costs, original_first=n % 2 == 0) for n in range(pairs))
    check = CheckResult(check="tests", passed=True)
    return Evaluation(checks=(check,), timings=(Timing(workload="main", loops=3, pairs=taken),), seconds=4.5)


def a_decision(verdict: Verdict = Verdict.ACCEPTED, estimate: float = 2.0) -> Decision:
    return Decision(verdict=verdict, reason="measured", speedup=Speedup(estimate=estimate, low=1.5, high=3.0))


def a_call(key: str = "k") -> ModelCall:
    return ModelCall(
        key=key,
        candidate=1,
        purpose="edit",
        model="m",
        prompt="{}",
        answer="a\x00\udc80",
        error="",
        input_tokens=10,
        output_tokens=5,
        dollars=0.25,
        seconds=1.5,
        asked_at=MOMENT,
    )


TEXTS = st.text(st.characters(exclude_categories=()) | st.sampled_from("\x00␛\ud83d\ude00\udc80\\"), max_size=8)
"""Any text at all: control characters, lone surrogates and the store's own mark among them."""
COUNTS = st.integers(min_value=0, max_value=2**63 - 1)
NUMBERS = st.floats(allow_nan=False)
MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001 hypothesis adds the time zone
    max_value=datetime(9990, 1, 1),  # noqa: DTZ001 as above
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45)), timezone(timedelta(hours=-8))]),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
PLAIN: dict[object, st.SearchStrategy[Any]] = {
    str: TEXTS,
    int: COUNTS,
    float: NUMBERS,
    bool: st.booleans(),
    datetime: MOMENTS,
    NoneType: st.none(),
    object: JSON,
    OutputRule: st.sampled_from(["exact", "ignore", "lines", "json:0.5", "floats:1e-9,1e-12"]).map(OutputRule.parse),
}


def any_of(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a type of core, as its annotations describe it."""
    if kind in PLAIN:
        return PLAIN[kind]
    arguments = get_args(kind)
    if arguments:
        return any_generic(get_origin(kind), arguments)
    if issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    hints = get_type_hints(kind)
    return st.builds(kind, **{field.name: any_of(hints[field.name]) for field in fields(kind)})


def any_generic(origin: Any, arguments: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if origin is UnionType:
        return st.one_of([any_of(argument) for argument in arguments])
    if origin is Mapping:
        return st.dictionaries(any_of(arguments[0]), any_of(arguments[1]), max_size=2)
    if arguments[-1] is Ellipsis:
        return st.lists(any_of(arguments[0]), max_size=2).map(tuple)
    return st.tuples(*(any_of(argument) for argument in arguments))


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Any history that a run can have: parents come first, what is evaluated is decided."""
    candidates: list[Candidate] = []
    for number in range(draw(st.integers(0, 3))):
        parent = draw(st.integers(0, number - 1)) if number else None
        search, confirmation = draw(EVALUATED), draw(EVALUATED)
        candidate = Candidate(number=number, parent=parent, proposal=draw(PROPOSALS))
        if search:
            candidate = replace(candidate, evaluation=search[0], decision=search[1])
        if search and confirmation:
            candidate = replace(candidate, confirmation=confirmation[0], confirmed=confirmation[1])
        candidates.append(candidate)
    profiled = st.dictionaries(st.sampled_from(range(len(candidates))), PROFILES) if candidates else st.just({})
    return Record(run=draw(RUNS), candidates=tuple(candidates), profiles=draw(profiled))


RUNS: st.SearchStrategy[Run] = any_of(Run)
PROPOSALS: st.SearchStrategy[Proposal] = any_of(Proposal)
EVALUATED: st.SearchStrategy[tuple[Evaluation, Decision] | None] = st.none() | any_of(tuple[Evaluation, Decision])
PROFILES: st.SearchStrategy[tuple[Profile, ...]] = any_of(tuple[Profile, ...])
CALLS: st.SearchStrategy[ModelCall] = any_of(ModelCall)
