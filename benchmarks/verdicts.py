"""Whether verdicts can be trusted: error rates and power on identical, faster and slower code.

    python benchmarks/verdicts.py EXPERIMENT [--trials N] [--seconds S] [--busy N] [--cores 0-0] [--log FILE]

Experiments: `same` (identical code), `gain` (planted gains, `--speedup 1.05`), `again` (confirmed gains, measured
a second time), `instructions` (a planted 0.5 % and identical code), `runs` (whole runs of 50 candidates that change nothing)
and `simulated` (10,000 such runs on the log-ratios that earlier experiments wrote to `--log`). Each prints rows of a
Markdown table and appends what it saw to the log, one JSON object for each comparison.
"""

import argparse
import json
import math
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.arena import Arena, Compared, arena, busy, machine, program
from core import figures, stats
from core.candidate import Verdict
from core.problem import Objective
from core.run import BackendSpec, Record
from core.spend import Budget
from store.sql import SqlStore
from worker.execute import execute
from worker.job import Job
from worker.problem.settings import Flags
from worker.settings import read_settings
from worker.submit import Request, submit

OLD_SECONDS = 600.0
"""A baseline of this age is an old one."""
CANDIDATES = 50


def seen(options: argparse.Namespace, what: str, trial: Callable[[int], Compared]) -> list[Compared]:
    """All trials of an experiment, each written to the log at once."""
    found = []
    for number in range(options.trials):
        found.append(trial(number))
        if options.log:
            entry = {"what": what, "busy": options.busy, "verdict": found[-1].verdict, "ratios": found[-1].log_ratios}
            with Path(options.log).open("a") as log:
                log.write(json.dumps(entry) + "\n")
    return found


def row(what: str, options: argparse.Namespace, found: list[Compared]) -> None:
    """One line of the table: how often it was accepted, and what a comparison cost."""
    pairs = [len(each.log_ratios) for each in found]
    pooled = math.exp(statistics.median([ratio for each in found for ratio in each.log_ratios]))
    accepted = sum(each.accepted for each in found)
    print(
        f"| {what} | {'busy' if options.busy else 'ambient'} | {accepted} of {len(found)} "
        f"({figures.share(accepted / len(found))}) | {pooled:.4f} | {statistics.median(pairs):.0f} "
        f"({min(pairs)} to {max(pairs)}) | {statistics.median(each.seconds for each in found):.1f} s |",
        flush=True,
    )


def same(options: argparse.Namespace) -> None:
    """Identical code; those that met a baseline of ten minutes or more are counted apart, too."""
    with arena(options.seconds, cores=options.cores) as ground:
        found = seen(options, "same", lambda _: ground.compare(ground.units))
    row(f"identical, {options.seconds:g} s", options, found)
    old = [each for each in found if each.age_seconds >= OLD_SECONDS]
    if old:
        row(f"identical, {options.seconds:g} s, baseline ≥ 10 min old", options, old)


def gain(options: argparse.Namespace) -> None:
    """A planted gain (or loss, below 1)."""
    with arena(options.seconds, cores=options.cores) as ground:
        units = ground.units_for(options.speedup)
        found = seen(options, f"gain {options.speedup}", lambda _: ground.compare(units))
    row(f"{options.speedup:g}×, {options.seconds:g} s", options, found)


def again(options: argparse.Namespace) -> None:
    """Gains of many sizes are confirmed, and then measured a second time with as many pairs as a plan has at the most."""
    errors, covered, chance = [], [], random.Random(5)
    with arena(options.seconds, cores=options.cores) as ground:
        for _ in range(options.trials):
            units = ground.units_for(chance.choice((1.05, 1.1, 1.2, 1.5, 2.0, 3.0)))
            first = ground.compare(units, plan=stats.CONFIRMATION)
            if first.accepted and first.speedup:
                truth = _measured_again(ground, units)
                errors.append(first.speedup.estimate / truth - 1)
                covered.append(first.speedup.low <= truth <= first.speedup.high)
    print(
        f"| confirmed gains, measured again | {'busy' if options.busy else 'ambient'} | {len(errors)} of {options.trials} "
        f"confirmed | median bias {statistics.median(errors):+.2%}, median absolute {statistics.median(map(abs, errors)):.2%} "
        f"| interval holds the second measurement: {figures.share(sum(covered) / len(covered))} | |",
        flush=True,
    )


def _measured_again(ground: Arena, units: int) -> float:
    plan = stats.Plan(looks=(60,), alphas=(0.05,))
    shown = ground.compare(units, plan=plan).speedup
    assert shown is not None
    return shown.estimate


def instructions(options: argparse.Namespace) -> None:
    """A planted 0.5 % fewer instructions, then identical code."""
    with arena(0.05, objective=Objective.INSTRUCTIONS, cores=options.cores) as ground:
        fewer = _units_for_instructions(ground, 1.005)
        found = seen(options, "instructions", lambda _: ground.compare(fewer, plan=stats.EXACT))
        row("0.5 % fewer instructions", options, found)
        options.trials = round(options.trials * 2.5)
        row(
            "identical, instructions",
            options,
            seen(options, "same instructions", lambda _: ground.compare(ground.units, plan=stats.EXACT)),
        )


def _units_for_instructions(ground: Arena, speedup: float) -> int:
    """By the counts themselves: start-up has another number of instructions a second than the loop."""
    half = ground.compare(ground.units // 2, plan=stats.EXACT)
    share = 1 - 1 / math.exp(half.log_ratios[0])
    return round(ground.units * (1 - (1 - 1 / speedup) / (2 * share)))


def runs(options: argparse.Namespace) -> None:
    """Whole runs of the product, whose replayed candidates all change nothing."""
    reported, accepted, costs = 0, 0, []
    for number in range(options.trials):
        started = time.monotonic()
        record = _run_of_nothing(number, options)
        costs.append(time.monotonic() - started)
        reported += record.winner is not None
        tried = [c for c in record.candidates if c.parent is not None]
        accepted += sum(c.decision is not None and c.decision.verdict is Verdict.ACCEPTED for c in tried)
        print(
            f"run {number}: {len(tried)} candidates, {accepted} accepted so far, {reported} reported", file=sys.stderr
        )
    print(
        f"| runs of {CANDIDATES} candidates that change nothing | {'busy' if options.busy else 'ambient'} | {reported} of "
        f"{options.trials} report a gain | {accepted} candidates accepted on the way | | {statistics.median(costs):.0f} s |",
        flush=True,
    )


def _run_of_nothing(number: int, options: argparse.Namespace) -> Record:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        repository = _repository(folder / "repository", options.seconds)
        answers = folder / "answers"
        answers.mkdir()
        for candidate, text in enumerate(_nothings(random.Random(number), (repository / "work.py").read_text())):
            edit = {"path": "work.py", "search": (repository / "work.py").read_text(), "replace": text}
            (answers / f"{candidate:03}.json").write_text(json.dumps({"edits": [edit]}))
        settings = read_settings({"PERFSMITH_HOME": str(folder / "home")})
        (folder / "home").mkdir()
        with SqlStore.open(settings.database_url) as store:
            request = Request(
                repository=str(repository),
                flags=Flags(),
                sandbox=BackendSpec(name="bubblewrap", options={"cores": options.cores}),
                strategy=BackendSpec(name="greedy", options={}),
                proposers=(BackendSpec(name="replay", options={"directory": str(answers)}),),
                budget=Budget(candidates=CANDIDATES),
            )
            run = submit(request, store=store, settings=settings)
            execute(
                Job(run_id=run.id, store=store, settings=settings, notify=lambda _: None, interrupted=lambda: False)
            )
            return store.load(run.id)


def _repository(folder: Path, seconds: float) -> Path:
    with arena(seconds) as ground:
        text = program(ground.units)
    files = {
        "work.py": text,
        "test_work.py": "import runpy\n",
        "perfsmith.toml": 'editable = ["work.py"]\ntests = "python test_work.py"\nworkload = "python work.py"\nsetup = ["true"]\n',
    }
    folder.mkdir()
    for path, content in files.items():
        (folder / path).write_text(content)
    identity = ("-c", "user.name=bench", "-c", "user.email=bench@example.org")
    for words in (("init", "-q"), ("add", "-A"), (*identity, "commit", "-q", "-m", "bench")):
        subprocess.run(["git", *words], cwd=folder, check=True)
    return folder


def _nothings(chance: random.Random, text: str) -> Iterator[str]:
    """The same program in other words: comments, blank lines, another name."""
    for number in range(CANDIDATES):
        lines = text.splitlines(keepends=True)
        lines.insert(chance.randrange(len(lines)), f"# faster, version {number}\n" if number % 3 else "\n")
        yield "".join(lines).replace("seen", f"table_{number}" if number % 2 else "seen")


def simulated(options: argparse.Namespace) -> None:
    """Runs of candidates that change nothing, on noise that was recorded."""
    logged = [json.loads(line) for line in Path(options.log).read_text().splitlines()]
    noise = [entry["ratios"] for entry in logged if entry["what"] == "same"]
    chance, reported, accepted = random.Random(1), 0, 0
    bank = [ratio for ratios in noise for ratio in ratios]
    for _ in range(options.trials):
        passed = sum(_passes(bank, stats.SEARCH, chance) for _ in range(CANDIDATES))
        accepted += passed
        reported += any(_passes(bank, stats.CONFIRMATION, chance) for _ in range(min(passed, stats.MOST_CONFIRMATIONS)))
    print(
        f"| {options.trials} simulated runs of {CANDIDATES} on {len(bank)} recorded pairs | recorded | {reported} report a gain "
        f"({figures.share(reported / options.trials)}) | {accepted} of {options.trials * CANDIDATES} candidates accepted | | |"
    )


def _passes(bank: list[float], plan: stats.Plan, chance: random.Random) -> bool:
    """A stretch of the bank in its order, so that slow spells stay together; which side is which is tossed once."""
    start, sign = chance.randrange(len(bank)), chance.choice((-1, 1))
    threshold = 1.01
    ratios = [sign * bank[(start + offset) % len(bank)] for offset in range(plan.most)]
    for look in plan.looks:
        if stats.is_settled(ratios[:look], plan, min_speedup=threshold):
            shown = stats.shown_by(ratios[:look], plan)
            return shown is not None and shown.low > threshold
    return False


EXPERIMENTS = {each.__name__: each for each in (same, gain, again, instructions, runs, simulated)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("experiment", choices=EXPERIMENTS)
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=0.1, help="how long the original's program takes")
    parser.add_argument("--speedup", type=float, default=1.05)
    parser.add_argument("--busy", type=int, default=0, help="how many memory-heavy programs run beside it")
    parser.add_argument("--cores", default="", help="processors for the sandboxes, such as 1-1")
    parser.add_argument("--log", default="")
    options = parser.parse_args()
    print(f"<!-- {machine()}: {' '.join(sys.argv[1:])} -->", flush=True)
    with busy(options.busy):
        EXPERIMENTS[options.experiment](options)


if __name__ == "__main__":
    main()
