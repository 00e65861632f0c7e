"""Records of runs that never ran, for whatever shows one."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from core import patch as patches
from core.candidate import MINIMISER, Candidate, CheckResult, Decision, Evaluation, Proposal, Verdict
from core.measurement import Costs, Pair, Speedup, Timing
from core.problem import Objective, Problem, WorkloadSpec
from core.profile import Hotspot, Profile, Stack
from core.run import Backends, BackendSpec, Record, Run, RunKind, RunStatus
from core.spend import Budget, Spend

BEFORE = '''def tally(rows, wanted):
    """Count the rows of each wanted key."""
    counts = {}
    for row in rows:
        key = normalise(row["key"])
        if key in list(wanted):
            counts[key] = counts.get(key, 0) + 1
    return counts
'''
AFTER = BEFORE.replace("    counts = {}\n", "    counts = {}\n    wanted = frozenset(wanted)\n").replace(
    "list(wanted)", "wanted"
)
PATCH = patches.diff({"src/tally/core.py": BEFORE}, {"src/tally/core.py": AFTER})
SUSPICIOUS = patches.diff(
    {"src/tally/core.py": BEFORE}, {"src/tally/core.py": "import os\n_SEEN = {}\n" + AFTER + "os._exit(0)\n"}
)
"""A patch with places to look at."""
WORKLOADS = ("python -m tally data/large.csv", "callable:tally.bench:small")
FOUND = Speedup(estimate=2.312, low=2.248, high=2.379)


def a_problem(*, workloads: Sequence[str] = WORKLOADS[:1], objective: Objective = Objective.WALL) -> Problem:
    return Problem(
        repository="https://example.org/team/tally.git",
        revision="3f9a1c0de2b4c5d6e7f8091a2b3c4d5e6f708192",
        editable=("src/**/*.py",),
        setup=("pip install -e .[test]",),
        tests="pytest -q",
        workloads=tuple(map(WorkloadSpec.parse, workloads)),
        objective=objective,
    )


def a_run(
    problem: Problem, *, kind: RunKind = RunKind.OPTIMIZE, status: RunStatus = RunStatus.FINISHED, error: str = ""
) -> Run:
    return Run(
        id="k7f3q9",
        kind=kind,
        problem=problem,
        backends=Backends(
            sandbox=BackendSpec(name="bubblewrap", options={}),
            strategy=BackendSpec(name="best-first", options={}),
            proposers=(
                BackendSpec(name="rules", options={}),
                BackendSpec(name="openai", options={"model": "some-model"}),
            ),
            profilers=(BackendSpec(name="cprofile", options={}),),
        ),
        budget=Budget(candidates=12, dollars=1.0, seconds=1800.0),
        seed=7,
        created_at=datetime(2026, 11, 21, 14, 30, tzinfo=UTC),
        status=status,
        error=error,
        stopped_by="12 candidates tried of 12" if status is RunStatus.FINISHED else "",
    )


def a_timing(workload: str, *, ratio: float, pairs: int = 15, seed: int = 1) -> Timing:
    chance = random.Random(seed)
    taken = []
    for at in range(pairs):
        slow = 0.41 * (1 + 0.12 * at / pairs) * chance.lognormvariate(0, 0.05)
        fast = 0.41 * (1 + 0.12 * at / pairs) / ratio * chance.lognormvariate(0, 0.05)
        taken.append(Pair(original=_costs(slow), candidate=_costs(fast), original_first=chance.random() < 0.5))
    return Timing(workload=workload, loops=1, pairs=tuple(taken))


def _costs(seconds: float) -> Costs:
    return Costs(
        wall_seconds=seconds,
        cpu_seconds=seconds * 0.97,
        memory_bytes=round(48e6 + seconds * 1e6),
        instructions=round(seconds * 2e9),
    )


def an_evaluation(
    *, ratio: float, pairs: int = 15, workloads: Sequence[str] = WORKLOADS[:1], seed: int = 1
) -> Evaluation:
    return Evaluation(
        checks=(
            CheckResult(check="tests", passed=True),
            CheckResult(check="output", passed=True),
            CheckResult(check="replay", passed=True),
        ),
        timings=tuple(
            a_timing(workload, ratio=ratio, pairs=pairs, seed=seed + at) for at, workload in enumerate(workloads)
        ),
        seconds=41.7,
    )


def a_baseline(*, workloads: Sequence[str] = WORKLOADS[:1]) -> Candidate:
    decision = Decision(
        verdict=Verdict.BASELINE,
        reason="the original against itself",
        speedup=Speedup(estimate=1.003, low=0.981, high=1.024),
    )
    proposal = Proposal(patch="", rationale="", direction="", proposer="")
    evaluation = an_evaluation(ratio=1.0, pairs=19, workloads=workloads, seed=3)
    return Candidate(number=0, parent=None, proposal=proposal, evaluation=evaluation, decision=decision)


def a_candidate(
    number: int,
    verdict: Verdict,
    *,
    parent: int = 0,
    speedup: Speedup | None = None,
    reason: str = "",
    failure: str = "",
    direction: str = "membership test in a list becomes a set",
    proposer: str = "rules",
    rationale: str = "The list is built again for every row; a set is built once and answers in constant time.",
    patch: str = PATCH,
    workloads: Sequence[str] = WORKLOADS[:1],
) -> Candidate:
    """A decided candidate; a confirmed one was accepted first."""
    spend = Spend(tokens=5_312, dollars=0.0184, seconds=6.2) if proposer != "rules" else Spend(seconds=0.4)
    failed = CheckResult(check="tests", passed=False, reason=failure, verdict=verdict) if failure else None
    evaluation = (
        an_evaluation(ratio=speedup.estimate, pairs=9, workloads=workloads)
        if speedup
        else Evaluation(failure=failed, seconds=12.9)
    )
    by_workload = tuple((workload, speedup) for workload in workloads) if speedup else ()
    decision = Decision(verdict=verdict, reason=reason or str(verdict), speedup=speedup, by_workload=by_workload)
    proposal = Proposal(patch=patch, rationale=rationale, direction=direction, proposer=proposer, spend=spend)
    candidate = Candidate(number=number, parent=parent, proposal=proposal, evaluation=evaluation, decision=decision)
    if verdict is not Verdict.CONFIRMED or speedup is None:
        return candidate
    accepted = Decision(
        verdict=Verdict.ACCEPTED, reason="2.41× [2.2, 2.6]: the lower end clears 1.01×", speedup=speedup
    )
    fresh = an_evaluation(ratio=speedup.estimate, workloads=workloads, seed=11)
    return replace(candidate, decision=accepted, confirmation=fresh, confirmed=decision)


def a_profile(*, slow: float = 10.0) -> Profile:
    """A sampled profile whose time is mostly the repository's own."""
    runner = ("/usr/lib/python3.11/runpy.py:_run_module", "src/tally/__main__.py:main")
    chance = random.Random(5)
    stacks = [
        Stack(frames=(*runner, "src/tally/core.py:tally"), weight=slow),
        Stack(frames=(*runner, "src/tally/core.py:tally", "src/tally/core.py:normalise"), weight=1.6),
        Stack(
            frames=(*runner, "src/tally/core.py:tally", "src/tally/core.py:normalise", "<built-in>:str.casefold"),
            weight=0.9,
        ),
        Stack(frames=(*runner, "src/tally/io.py:read"), weight=0.5),
        Stack(frames=(*runner, "src/tally/io.py:read", "/usr/lib/python3.11/csv.py:DictReader.__next__"), weight=2.4),
        *(
            Stack(
                frames=(
                    *runner,
                    "src/tally/io.py:read",
                    "/usr/lib/python3.11/csv.py:DictReader.__next__",
                    f"<built-in>:part_{at}",
                ),
                weight=chance.random() / 20,
            )
            for at in range(60)
        ),
    ]
    hotspots = (
        Hotspot(path="src/tally/core.py", function="tally", line=1, own_share=0.62, total_share=0.79, calls=1),
        Hotspot(
            path="src/tally/core.py", function="normalise", line=14, own_share=0.11, total_share=0.17, calls=120_000
        ),
        Hotspot(
            path="/usr/lib/python3.11/csv.py",
            function="DictReader.__next__",
            line=110,
            own_share=0.15,
            total_share=0.15,
            calls=120_000,
        ),
    )
    return Profile(
        profiler="cprofile",
        unit="seconds",
        total=sum(s.weight for s in stacks),
        hotspots=hotspots,
        stacks=tuple(stacks),
    )


def a_record(*candidates: Candidate, run: Run | None = None, profiled: bool = False) -> Record:
    """A record of `candidates` after a baseline; without any, of a baseline alone."""
    run = run or a_run(a_problem())
    profiles = {0: (a_profile(),)} | {
        c.number: (a_profile(slow=1.4),) for c in candidates if c.verdict is Verdict.CONFIRMED
    }
    return Record(run=run, candidates=(a_baseline(), *candidates), profiles=profiles if profiled else {})


def a_successful_record(*, workloads: Sequence[str] = WORKLOADS[:1], objective: Objective = Objective.WALL) -> Record:
    """One of everything that a search meets, and a confirmed candidate."""
    output = (
        "FAILED tests/test_core.py::test_order - AssertionError: assert ['b', 'a'] == ['a', 'b']\n" * 12
        + "1 failed, 211 passed in 3.41s"
    )
    candidates = (
        a_candidate(1, Verdict.ACCEPTED, speedup=Speedup(estimate=1.42, low=1.31, high=1.55), reason="1.42× [1.31, 1.55]: the lower end clears 1.01×"),
        a_candidate(2, Verdict.TESTS_FAILED, parent=1, proposer="openai:some-model", direction="sort once at the end", reason="1 test of 212 fails: test_order", failure=output),
        a_candidate(3, Verdict.ACCEPTED, parent=1, proposer="openai:some-model", direction="hoist the set out of the loop", speedup=Speedup(estimate=2.41, low=2.2, high=2.62)),
        a_candidate(4, Verdict.NOT_FASTER, parent=3, direction="cache normalise", proposer="openai:some-model", speedup=Speedup(estimate=0.994, low=0.95, high=1.031), reason="0.994× [0.95, 1.03]: the lower end does not clear 1.01×"),
        a_candidate(5, Verdict.BEHAVIOUR_CHANGED, parent=3, direction="skip normalise for ASCII keys", proposer="openai:some-model", reason="replay: tally(['Ä'], …) returned {'ä': 1}, now {}"),
        a_candidate(6, Verdict.INVALID_PATCH, parent=3, direction="", proposer="openai:some-model", rationale="", patch="this is\nno patch", reason="the hunk at line 3 of src/tally/core.py does not match the file"),
        a_candidate(7, Verdict.TIMED_OUT, parent=3, direction="memoise rows", proposer="openai:some-model", reason="timed out after 300.0 s"),
        a_candidate(8, Verdict.CONFIRMED, parent=3, proposer="minimise", direction="smaller patch", speedup=FOUND, reason=f"{FOUND}: the lower end clears 1.01×", workloads=workloads),
    )  # fmt: skip
    return a_record(*candidates, run=a_run(a_problem(workloads=workloads, objective=objective)), profiled=True)


def a_minimised_record() -> Record:
    """A confirmed candidate that lacks two useless lines of its parent's patch."""
    padded = AFTER.replace("    for row", "    spare = len(rows)\n    for row").replace(
        "    return", "    # all done\n    return"
    )
    larger = patches.diff({"src/tally/core.py": BEFORE}, {"src/tally/core.py": padded})
    return a_record(
        a_candidate(1, Verdict.ACCEPTED, speedup=FOUND, patch=larger),
        a_candidate(2, Verdict.CONFIRMED, parent=1, proposer=MINIMISER, direction="smaller patch", speedup=FOUND),
    )


def a_judge_record(verdict: Verdict, *, speedup: Speedup | None = None, reason: str = "") -> Record:
    judged = a_candidate(
        1, verdict, speedup=speedup, reason=reason, proposer="submitted", direction="the submitted patch"
    )
    return a_record(judged, run=replace(a_run(a_problem(), kind=RunKind.JUDGE), judged_patch=PATCH))


HOSTILE = (
    "</script><script src=https://evil.example/x.js>alert(1)</script><img src=http://evil.example onerror=alert(1)>"
    "{{ 7 * 7 }}{% raw %} & \"'><svg onload=alert(1)> [bold red]rich[/bold red] [/] "
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x00\x08\x7f\x9b \u202egnp.exe\u202c \u2066x\u2069 \u200b\ufeff \ud800 \r\x0c\u2028 javascript:alert(1) "
    "a@b]] ![x](https://evil.example/p.png) [log in](https://evil.example)"
)


def a_hostile_record(text: str = HOSTILE) -> Record:
    """Every text that a repository, a model or a failing test can choose is `text`, lines of a megabyte included."""
    long = "y" * 2**20
    hostile_patch = f"--- a/{text}\n+++ b/{text}\n@@ -1 +1,2 @@\n-{text}\n+{text}\n+{long}\n".replace("\x0c", "")
    problem = replace(
        a_problem(), repository=text, tests=text, setup=(text,), editable=(text,), workloads=(WorkloadSpec.parse(text),)
    )
    run = replace(a_run(problem), error=text, stopped_by=text)
    winner = a_candidate(
        3,
        Verdict.CONFIRMED,
        speedup=FOUND,
        reason=text,
        direction=text,
        proposer=text,
        rationale=text + long,
        patch=hostile_patch,
        workloads=(text,),
    )
    failed = a_candidate(
        1,
        Verdict.TESTS_FAILED,
        reason=text,
        direction=text,
        proposer=text,
        rationale=text,
    )
    check = CheckResult(check=text, passed=False, reason=f"{text}\n{long}\n{text}", witness=f"{text}\n{long}")
    failed = replace(failed, evaluation=Evaluation(failure=check, seconds=12.9))
    garbled = a_candidate(2, Verdict.INVALID_PATCH, reason=text, direction=text, patch=text + long)
    garbled = replace(garbled, proposal=replace(garbled.proposal, problem=text))
    hotspot = Hotspot(path=text, function=text, line=1, own_share=0.5, total_share=0.5)
    profile = Profile(
        profiler=text,
        unit=text,
        total=1.0,
        hotspots=(hotspot,),
        stacks=(Stack(frames=(text, f"{text} (a.py:1)"), weight=1.0),),
    )
    return Record(
        run=run,
        candidates=(a_baseline(workloads=(text,)), failed, garbled, winner),
        profiles={0: (profile,), 3: (profile,)},
    )
