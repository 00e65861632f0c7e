"""The bundled example as its users have it: a git repository, with a shorter poem so that tests end sooner."""

import os
import shutil
import subprocess
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "wordcount"
IDENTITY = ("-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "init.defaultBranch=main")
STRANGE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
"""Nothing of the configuration that somebody's git has."""


def make_example(folder: Path) -> Path:
    """The example in `folder`, committed."""
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    workload = folder / "workload.py"
    shorter = workload.read_text().replace("VERSES = 120", "VERSES = 40")
    assert shorter != workload.read_text()
    workload.write_text(shorter)
    commit_all(folder)
    return folder


def commit_all(folder: Path) -> None:
    """Make a repository of `folder` with one commit of everything in it."""
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "all")):
        subprocess.run(["git", *IDENTITY, *command], cwd=folder, check=True, env=os.environ | STRANGE)
