"""The action's first step on a runner that has no perfsmith: what it installs, from where, and with which Python."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTED = 'printf "%s in %s\\n" "${0##*/} $*" "$PWD" >>"$RUNNER_TEMP/log"'
UV = f"""#!/bin/sh
{NOTED}
mkdir -p "$UV_PROJECT_ENVIRONMENT/bin"
printf '#!/bin/sh\\necho "perfsmith of the lock file"\\n' >"$UV_PROJECT_ENVIRONMENT/bin/perfsmith"
chmod +x "$UV_PROJECT_ENVIRONMENT/bin/perfsmith"
"""
PIP = f"""#!/bin/sh
{NOTED}
cp "$RUNNER_TEMP/uv" "${{0%/*}}/uv"
"""
PYTHON = f"""#!/bin/sh
{NOTED}
mkdir -p "$4/bin"
cp "$RUNNER_TEMP/pip" "$4/bin/python"
"""
"""Programs that note how they are called, and leave what the real ones would."""


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """Of a runner with a Python and without perfsmith."""
    (tmp_path / "bin").mkdir()
    for place, text in (("bin/python3", PYTHON), ("pip", PIP), ("uv", UV)):
        (tmp_path / place).write_text(text)
        (tmp_path / place).chmod(0o755)
    return tmp_path


def test_perfsmith_is_installed_from_the_lock_file_with_the_uv_that_the_makefile_names(temporary: Path) -> None:
    (temporary / "checkout").mkdir()
    environment = {
        "PATH": f"{temporary / 'bin'}:{os.defpath}",
        "RUNNER_TEMP": str(temporary),
        "GITHUB_ACTION_PATH": str(ROOT),
    }
    argv = ["bash", str(ROOT / "scripts/action_install.sh")]
    ended = subprocess.run(
        argv, cwd=temporary / "checkout", env=environment, capture_output=True, text=True, check=True
    )

    uv = re.search(r"^UV_VERSION := (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert uv is not None
    assert (temporary / "log").read_text().splitlines() == [
        f"python3 -I -m venv {temporary}/perfsmith-action/tools in {ROOT}",
        f"python -I -m pip install --quiet uv=={uv[1]} in {ROOT}",
        f"uv sync --quiet --frozen --no-dev in {ROOT}",
    ]
    assert (ROOT / "uv.lock").exists()
    assert ended.stdout == "perfsmith of the lock file\n"
    assert os.access(temporary / "perfsmith-action/perfsmith", os.X_OK)
