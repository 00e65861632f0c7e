"""perfsmith on real libraries that their maintainers later made faster, beside the maintainers' own fix.

    python benchmarks/libraries.py PROBLEMS [--without-fix] [NAME ...] [-- OPTION ...]

PROBLEMS holds a folder for each problem with build.sh (REPO_DIR VENV_DIR, VERSION=… for the fast release) and task.json.
Every problem is built, optimised by `perfsmith optimize --json` with the OPTIONs, and the maintainers' change to the same
files is judged by `perfsmith judge --json` (not with --without-fix). Prints a table in Markdown; the runs stay in PERFSMITH_HOME.
"""

import json
import math
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PERFSMITH = Path(sys.executable).parent / "perfsmith"
HEADER = (
    "| problem | verdict | speedup | maintainers' fix | share of its gain | candidates | pairs | tokens | seconds |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True, kw_only=True)
class Built:
    """One problem, built."""

    name: str
    repository: Path
    task: dict[str, Any]
    expert_patch: Path

    @property
    def flags(self) -> list[str]:
        """What is asked of perfsmith."""
        requirements = " ".join(self.task["install_requirements"])
        pretend = f"SETUPTOOLS_SCM_PRETEND_VERSION={self.task['slow_version']}"
        return [
            *("--tests", self.task["test_command"]),
            *("--workload", self.task["workload_command"]),
            *("--setup", f"python -m pip install -q {requirements}"),
            *("--setup", f"{pretend} python -m pip install -q -e ."),
        ]


def problems_of(arguments: list[str]) -> list[Path]:
    """The folders of the problems in the first argument that the others name; of all where they name none.

    Ends the script when there is nothing of that kind.
    """
    if not arguments or not Path(arguments[0]).is_dir():
        sys.exit(f"{arguments[0] if arguments else 'nothing'} is no folder of problems; see the head of the script")
    found = {path.name: path for path in sorted(Path(arguments[0]).iterdir()) if (path / "task.json").is_file()}
    unknown = [name for name in arguments[1:] if name not in found]
    if unknown or not found:
        sys.exit(f"{', '.join(unknown) or arguments[0]}: no problem; there are {', '.join(found) or 'none'}")
    return [path for name, path in found.items() if name in arguments[1:] or not arguments[1:]]


def build(problem: Path, folder: Path) -> Built:
    task = json.loads((problem / "task.json").read_text())
    slow, fast = folder / "baseline", folder / "expert"
    for repository, version in ((slow, task["slow_version"]), (fast, task["fast_version"])):
        argv = ["bash", str(problem / "build.sh"), str(repository), f"{repository}-venv"]
        subprocess.run(argv, check=True, env={**os.environ, "VERSION": version}, stdout=subprocess.DEVNULL)
    for path in task["files_changed"]:
        (slow / path).write_bytes(next(fast.glob(f"**/{path}")).read_bytes())  # it may have moved below src/
    patch = folder / "expert.diff"
    patch.write_bytes(subprocess.run(["git", "diff"], cwd=slow, check=True, capture_output=True).stdout)
    subprocess.run(["git", "checkout", "-q", "."], cwd=slow, check=True)
    return Built(name=problem.name, repository=slow, task=task, expert_patch=patch)


def perfsmith(*arguments: str) -> dict[str, Any]:
    ended = subprocess.run([PERFSMITH, *arguments, "--json"], capture_output=True, text=True, check=False)
    if ended.returncode:
        sys.stderr.write(ended.stderr)
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def shown(speedup: dict[str, float] | None) -> str:
    return "-" if speedup is None else "{estimate:.2f} [{low:.2f}, {high:.2f}]".format(**speedup)


def row(built: Built, options: list[str], *, with_fix: bool) -> str:
    ours = perfsmith("optimize", str(built.repository), *built.flags, *options)
    judge = ("judge", str(built.repository), "--patch", str(built.expert_patch), *built.flags)
    theirs = perfsmith(*judge) if with_fix else {"speedup": None}
    gains = [math.log(found["speedup"]["estimate"]) if found["speedup"] else 0.0 for found in (ours, theirs)]
    share = f"{gains[0] / gains[1]:.0%}" if gains[1] > 0 else "-"
    cells = (
        built.name,
        ours["verdict"] or ours["error"],
        shown(ours["speedup"]),
        shown(theirs["speedup"]),
        share,
        len(ours["candidates"]),
        ours["pairs"],
        ours["tokens"],
        round(ours["seconds"]),
    )
    return "| " + " | ".join(str(cell).replace("\n", " ") for cell in cells) + " |"


def main() -> None:
    arguments = sys.argv[1:]
    split = arguments.index("--") if "--" in arguments else len(arguments)
    with_fix = "--without-fix" not in arguments[:split]
    problems = problems_of([argument for argument in arguments[:split] if argument != "--without-fix"])
    print(HEADER, flush=True)
    for problem in problems:
        with tempfile.TemporaryDirectory() as folder:
            print(row(build(problem, Path(folder)), arguments[split + 1 :], with_fix=with_fix), flush=True)


if __name__ == "__main__":
    main()
