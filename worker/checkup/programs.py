"""Programs that perfsmith starts itself."""

import shutil
import subprocess

from core.health import Finding, Health

_PATIENCE_SECONDS = 10


def git() -> Finding:
    """Whether repositories can be read."""
    if shutil.which("git"):
        return Finding(subject="git", health=Health.GOOD, detail=version_of("git"))
    return Finding(
        subject="git",
        health=Health.MISSING,
        detail="no repository can be read without it",
        remedy="apt-get install git (Debian, Ubuntu) or dnf install git (Fedora)",
    )


def version_of(program: str) -> str:
    """What `program` says about its version, in one line."""
    said = subprocess.run(
        [program, "--version"], capture_output=True, text=True, errors="replace", check=True, timeout=_PATIENCE_SECONDS
    )
    return said.stdout.strip().partition("\n")[0]
