"""What one timed sample costs in each sandbox beyond the process itself.

    python benchmarks/sandboxes.py [--samples 200] [--base IMAGE] [--setup-network NAME] [--files 50]

Runs a program that does nothing, and a Python that does nothing, in turn: as a bare subprocess, in an open bubblewrap
sandbox, in an open unsafe one, in a warm container, and with `docker run`. Prints the median of each in milliseconds, and
of its difference to the bare subprocess of the same turn (targets: bubblewrap at most 10, warm Docker at most 20).
"""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import PerfsmithError
from core.execution import Command
from core.protocols import Sandbox, SandboxProvider
from sandbox.bubblewrap import Bubblewrap
from sandbox.cgroups import find
from sandbox.unsafe import Unsafe

SUBJECTS = {"true": ("/usr/bin/true",), "python": ("/usr/bin/python3", "-I", "-S", "-c", "pass")}
PATIENCE_SECONDS = 120.0
Run = Callable[[tuple[str, ...]], object]


@dataclass(frozen=True, kw_only=True)
class Runner:
    """One way to run a program."""

    name: str
    run: Run


def bare(argv: tuple[str, ...]) -> object:
    return subprocess.run(argv, capture_output=True, check=True)


def sampled(sandbox: Sandbox) -> Run:
    def run(argv: tuple[str, ...]) -> None:
        result = sandbox.run(Command(argv=argv, timeout_seconds=PATIENCE_SECONDS))
        if not result.succeeded:
            sys.exit(f"{argv[0]} failed: {result.failure}")

    return run


def docker_run(image: str) -> Run:
    options = ("--rm", "--network", "none", "--read-only", "--user", "1000:1000", "--cap-drop", "ALL")
    return lambda argv: subprocess.run(("docker", "run", *options, image, *argv), capture_output=True, check=True)


def providers(folder: Path, options: argparse.Namespace) -> Iterator[tuple[str, Callable[[], SandboxProvider]]]:
    """Each provider by name, to be made when its turn comes."""
    shared: dict[str, Any] = {"cache": folder / "cache", "scratch": folder / "scratch", "tools": {}}
    yield "bubblewrap", lambda: Bubblewrap(**shared)
    yield "unsafe", lambda: Unsafe(**shared)
    yield "docker, warm", lambda: _docker({**shared, "base": options.base, "setup_network": options.setup_network})


def _docker(options: Mapping[str, Any]) -> SandboxProvider:
    from sandbox.docker import Docker  # noqa: PLC0415  so that the rest runs without the SDK

    return Docker(**options)


def runners(folder: Path, options: argparse.Namespace, stack: ExitStack) -> Iterator[Runner]:
    """All that work here; the reason is printed where one does not."""
    yield Runner(name="bare subprocess", run=bare)
    tree = make_tree(folder / "tree", files=options.files)
    for name, make in providers(folder, options):
        try:
            provider = make()
            environment = provider.prepare(tree, [], timeout_seconds=600)
            yield Runner(name=name, run=sampled(stack.enter_context(provider.open(environment, {}))))
        except (PerfsmithError, ImportError) as error:
            print(f"without {name}: {str(error).splitlines()[0]}")
    cold = docker_run(options.base)
    try:
        cold(SUBJECTS["true"])
        yield Runner(name="docker run", run=cold)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"without docker run: {error}")


def make_tree(tree: Path, *, files: int) -> Path:
    for number in range(files):
        place = tree / f"package{number // 50}" / f"module{number}.py"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("VALUE = 1\n")
    return tree


def measured(all_runners: list[Runner], argv: tuple[str, ...], samples: int) -> dict[str, list[float]]:
    """Milliseconds of each runner, in turn."""
    taken: dict[str, list[float]] = {runner.name: [] for runner in all_runners}
    for _ in range(samples):
        for runner in all_runners:
            started = time.perf_counter()
            runner.run(argv)
            taken[runner.name].append((time.perf_counter() - started) * 1e3)
    return taken


def show(title: str, taken: Mapping[str, list[float]]) -> None:
    print(f"\n| {title} | median, ms | over bare, ms | 90 % within, ms |\n| --- | --- | --- | --- |")
    plain = taken["bare subprocess"]
    for name, values in taken.items():
        over = statistics.median(value - base for value, base in zip(values, plain, strict=True))
        nine_tenths = statistics.quantiles(values, n=10)[-1]
        print(f"| {name} | {statistics.median(values):.1f} | {over:.1f} | {nine_tenths:.1f} |")


def machine() -> str:
    place = find()
    groups = f"control groups version {place.version}" if place else "no control groups"
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{platform.platform()}, {os.cpu_count()} processors, uid {os.getuid()}, {groups}, load {load}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--files", type=int, default=50, help="files in the checkout")
    parser.add_argument("--base", default="perfsmith-base", help="Docker's base image")
    parser.add_argument("--setup-network", default="bridge")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    print(machine())
    try:
        with ExitStack() as stack:
            found = list(runners(folder, options, stack))
            for title, argv in SUBJECTS.items():
                show(f"{title}, {options.samples} times", measured(found, argv, options.samples))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
