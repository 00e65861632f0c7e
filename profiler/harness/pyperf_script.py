"""Runs inside the sandbox: a pyperf script as one of pyperf's workers. `pyperf_script.py LOOPS OUT SCRIPT [ARGUMENT]...`.

A worker neither calibrates nor starts other workers, and runs all benchmarks of the script when no task is named.
"""

import runpy
import sys
from pathlib import Path

import perfsmith_outcome


def main() -> None:
    """Run the script and print the names of its benchmarks, which only appear when they have finished."""
    loops, out, script, *arguments = sys.argv[1:]
    outcome = perfsmith_outcome.enter_repository()
    values = Path(out) / "pyperf.json"
    worker = ["--worker", "--loops", loops, "--values", "1", "--warmups", "0", "--output", str(values)]
    sys.argv[:] = [script, *arguments, *worker]
    sys.path[0] = str(Path(script).resolve().parent)
    _run(script)
    for name in _names(values):
        print(name, file=outcome, flush=True)


def _run(script: str) -> None:
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as ending:
        if ending.code:
            raise


def _names(values: Path) -> list[str]:
    import pyperf  # noqa: PLC0415 - belongs to the environment, not to this harness

    if not values.exists():
        sys.exit("the script ran no pyperf benchmark")
    return sorted(pyperf.BenchmarkSuite.load(str(values)).get_benchmark_names())


main()
