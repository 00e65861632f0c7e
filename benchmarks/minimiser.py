"""Whether the minimiser gives back the useful part of a padded patch, and nothing else.

    python benchmarks/minimiser.py [--cases 100] [--seed 1] [--objective wall] [--only 'a cache']

Generates patches whose useful part is known (1.2× to 20×) and pads each with 1 to 10 useless hunks: comments, line breaks,
renamed locals, dead code, equivalent rewrites, unused functions, other orders of imports, statements beside the useful ones. Each is evaluated and
minimised in the default sandbox as in a run. Prints a table (target: at least 95 % of 100 exactly as wanted).
"""

import argparse
import os
import platform
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import unified_diff
from fnmatch import fnmatch
from pathlib import Path

from agent.decide import decide
from agent.evaluate import evaluate, search_plan
from agent.minimise import smallest
from agent.search import Bench
from benchmarks.padding import FILES, SOURCES, USEFUL, Case, Useful, cases
from core import patch as patches
from core.candidate import Candidate, Proposal, Verdict
from core.run import BackendSpec
from store.sql import SqlStore
from worker.assemble import assembled
from worker.job import Job
from worker.problem.settings import Flags
from worker.settings import Settings, read_settings
from worker.submit import Request, submit

TARGET = 0.95


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one case."""

    case: Case
    speedup: float
    seconds: float
    """Of minimising alone."""
    difference: str
    """From what was wanted to what was left, as a diff; empty where they are the same."""
    accepted: bool = True


def make_repository(folder: Path) -> None:
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    identity = ("-c", "user.name=bench", "-c", "user.email=bench@example.org")
    for command in (("init", "-q"), ("add", "-A"), (*identity, "commit", "-q", "-m", "bench")):
        subprocess.run(["git", *command], cwd=folder, check=True)


@contextmanager
def bench_for(useful: Useful, repository: Path, settings: Settings, store: SqlStore, objective: str) -> Iterator[Bench]:
    """The bench of a run with the workload that `useful` makes faster."""
    request = Request(
        repository=str(repository),
        flags=Flags(
            editable=["work.py"],
            tests="python tests.py",
            workload=shlex.join(["python", "workload.py", useful.call, str(useful.burn)]),
            setup=[],
            objective=objective,
        ),
        sandbox=BackendSpec(name="bubblewrap", options={}),
        strategy=BackendSpec(name="greedy", options={}),
        patch="--- a/work.py\n+++ b/work.py\n",
    )
    run = submit(request, store=store, settings=settings)
    job = Job(run_id=run.id, store=store, settings=settings, notify=lambda _: None, interrupted=lambda: False)
    with assembled(run, settings.workspace(run.id) / "tree", job) as search:
        yield search.bench


def minimised(case: Case, bench: Bench) -> Outcome:
    proposal = Proposal(patch=case.patch, rationale="", direction="", proposer="benchmark")
    plan = search_plan(bench.problem.objective)
    decision = decide(evaluate(proposal, bench, number=case.number, plan=plan), bench.problem, plan)
    speedup = decision.speedup.estimate if decision.speedup else 0.0
    if decision.verdict is not Verdict.ACCEPTED:
        return Outcome(case=case, speedup=speedup, seconds=0.0, difference=decision.reason, accepted=False)
    candidate = Candidate(number=case.number, parent=0, proposal=proposal, decision=decision)
    started = time.perf_counter()
    patch = smallest(bench, candidate)
    seconds = time.perf_counter() - started
    left = patches.apply(patch, SOURCES)["work.py"] or ""
    lines = unified_diff(case.wanted.splitlines(), left.splitlines(), lineterm="", n=0)
    return Outcome(case=case, speedup=speedup, seconds=seconds, difference="\n".join(lines))


def report(outcomes: list[Outcome], options: argparse.Namespace) -> None:
    date = datetime.now(UTC).strftime("%Y-%m-%d")
    machine = f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores"
    print(f"\n{machine}, {date}, objective {options.objective}, seed {options.seed},")
    print(f"{len(outcomes)} of {options.cases} cases\n")
    print("| useful part | speedup | cases | as wanted | seconds per case, median | longest |")
    print("| --- | --- | --- | --- | --- | --- |")
    for useful in USEFUL:
        _print_row(useful.name, [each for each in outcomes if each.case.useful is useful])
    _print_row("all", outcomes)
    for each in outcomes:
        if each.difference:
            print(f"\n{told(each)}\n{each.difference}")


def told(outcome: Outcome) -> str:
    """A case and what became of it, in a line."""
    case = outcome.case
    became = "as wanted" if not outcome.difference else "too much or too little left"
    kind = f"{became} after {outcome.seconds:.0f} s" if outcome.accepted else "not accepted, so not minimised"
    return f"case {case.number}, {case.useful.name}, {outcome.speedup:.2f}×, {kind}; padding: {', '.join(case.padding)}"


def _print_row(name: str, outcomes: list[Outcome]) -> None:
    if not outcomes:
        return
    wanted = sum(not each.difference for each in outcomes)
    speedup = statistics.median(each.speedup for each in outcomes)
    seconds = [each.seconds for each in outcomes]
    print(
        f"| {name} | {speedup:.2f}× | {len(outcomes)} | {wanted} ({wanted / len(outcomes):.0%})"
        f" | {statistics.median(seconds):.1f} | {max(seconds):.1f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--objective", default="wall")
    parser.add_argument("--only", default="*", help="a pattern of useful parts, of the same cases")
    options = parser.parse_args()
    if not any(fnmatch(useful.name, options.only) for useful in USEFUL):
        parser.error(f"--only {options.only!r} is none of {', '.join(repr(useful.name) for useful in USEFUL)}")
    every = cases(options.cases, seed=options.seed)
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as folder:
        repository, home = Path(folder, "repository"), Path(folder, "home")
        make_repository(repository)
        home.mkdir()
        settings = read_settings({"PERFSMITH_HOME": str(home)})
        with SqlStore.open(settings.database_url) as store:
            for useful in USEFUL:
                mine = [each for each in every if each.useful is useful and fnmatch(useful.name, options.only)]
                if mine:
                    with bench_for(useful, repository, settings, store, options.objective) as bench:
                        for case in mine:
                            outcomes.append(minimised(case, bench))
                            print(told(outcomes[-1]), file=sys.stderr, flush=True)
    report(outcomes, options)
    if sum(not each.difference for each in outcomes) < TARGET * len(outcomes):
        sys.exit(1)


if __name__ == "__main__":
    main()
