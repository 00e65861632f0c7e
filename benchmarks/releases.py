"""`perfsmith judge` on releases of real libraries that are known to be faster, both ways, beside pyperf by hand.

    python benchmarks/releases.py PROBLEMS [NAME ...]

PROBLEMS as for libraries.py. The files that made the later release fast are judged as a patch on the earlier one (faster),
and taken back from that (slower). Beside it `pyperf command` times the same command in both trees, in turns of short series, and
the ratio of the means is shown. Prints Markdown; a row says whether the ratio by hand lies in the interval.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import pyperf  # type: ignore[import-untyped]

from benchmarks.arena import machine
from benchmarks.libraries import Built, build, perfsmith, problems_of, shown

ROUNDS = 6
"""Series of pyperf in each tree, alternating."""
SERIES = ("-p", "4", "-n", "2", "-w", "1")
HEADER = (
    "| release | perfsmith judge | verdict | pairs | pyperf, by hand | in the interval |\n|---|---|---|---|---|---|"
)


def by_hand(slow: Path, fast: Path, built: Built) -> float:
    """How many times the mean of the slow tree is that of the fast one."""
    means: dict[Path, list[float]] = {slow: [], fast: []}
    for number in range(ROUNDS):
        for tree in (slow, fast) if number % 2 else (fast, slow):
            means[tree].append(_series(tree, built))
    return statistics.mean(means[slow]) / statistics.mean(means[fast])


def _series(tree: Path, built: Built) -> float:
    """The mean of some fresh processes of the workload, with the modules of `tree`."""
    python = Path(f"{built.repository}-venv") / "bin" / "python"
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "series.json"
        argv = [sys.executable, "-m", "pyperf", "command", "-q", *SERIES, "--inherit-environ", "PYTHONPATH"]
        words = built.task["workload_command"].split()[1:]
        subprocess.run(
            [*argv, "-o", output, "--", python, *words],
            cwd=tree,
            env={**os.environ, "PYTHONPATH": str(tree / built.task["import_root"])},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return float(pyperf.Benchmark.load(str(output)).mean())


def faster_tree(built: Built) -> Path:
    """A copy of the earlier release with the later one's files, committed."""
    fast = built.repository.with_name("faster")
    subprocess.run(["git", "clone", "-q", built.repository, fast], check=True)
    subprocess.run(["git", "apply", "--index", built.expert_patch], cwd=fast, check=True)
    identity = ("-c", "user.name=bench", "-c", "user.email=bench@example.org")
    subprocess.run(["git", *identity, "commit", "-q", "-m", "The later release's files"], cwd=fast, check=True)
    return fast


def rows(built: Built) -> None:
    """Judge both ways, and measure by hand."""
    fast = faster_tree(built)
    back = built.expert_patch.with_name("back.diff")
    back.write_bytes(subprocess.run(["git", "diff", "HEAD", "HEAD^"], cwd=fast, check=True, capture_output=True).stdout)
    versions = built.task["slow_version"], built.task["fast_version"]
    # What is measured by hand leaves compiled files in the trees, and perfsmith refuses a tree that has more than its commit.
    judged = [
        perfsmith("judge", str(repository), "--patch", str(patch), *built.flags)
        for repository, patch in ((built.repository, built.expert_patch), (fast, back))
    ]
    ratio = by_hand(built.repository, fast, built)
    for found, wanted, (before, after) in (
        (judged[0], ratio, versions),
        (judged[1], 1 / ratio, versions[::-1]),
    ):
        interval = found["speedup"]
        holds = interval is not None and interval["low"] <= wanted <= interval["high"]
        verdict = f"{found['verdict']}" if interval else f"{found['verdict']}: {found['reason'] or found['error']}"
        cells = (f"{built.task['package']} {before} → {after}", shown(interval), verdict, found["pairs"])
        print("| " + " | ".join(map(str, (*cells, f"{wanted:.3f}", "yes" if holds else "no"))) + " |", flush=True)


def main() -> None:
    problems = problems_of(sys.argv[1:])
    print(f"<!-- {machine()} -->\n{HEADER}", flush=True)
    for problem in problems:
        with tempfile.TemporaryDirectory() as folder:
            rows(build(problem, Path(folder)))


if __name__ == "__main__":
    main()
