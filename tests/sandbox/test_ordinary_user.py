"""The contract and the attacks once more for an ordinary user, when the tests are run by root."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
USER = "65534"
SUITES = ("test_sandbox_contract.py", "test_sandbox_costs.py", "test_sandbox_traces.py", "escape")
AT_LEAST = 200
"""Tests that there are for bubblewrap alone. Fewer would mean that they were not found."""
SECONDS = 560

# The interpreter and the checkout may be in folders that only root may enter. In a mount namespace of its own each of
# those is covered by an empty one that everybody may enter, with just what is needed bound to its place in there.
REACHABLE = """
set -eu
mount --make-rprivate /
aside=$1; shift
number=0
while [ "$1" != -- ]; do
    number=$((number + 1)); mkdir "$aside/$number"; mount --bind "$1" "$aside/$number"; echo "$1" > "$aside/$number.path"
    shift
done
shift
while [ "$1" != -- ]; do mount -t tmpfs -o mode=755 none "$1"; shift; done
shift
for name in "$aside"/*.path; do
    mkdir -p "$(cat "$name")"; mount --bind "${name%.path}" "$(cat "$name")"
done
exec "$@"
"""


def closed_folders(places: list[Path]) -> list[str]:
    """The topmost folders on the way to `places` that an ordinary user may not enter."""
    closed = []
    for place in places:
        way = [folder for folder in [*reversed(place.parents), place] if not folder.stat().st_mode & 0o001]
        closed += way[:1]
    return sorted({str(folder) for folder in closed})


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="perfsmith-user-", dir="/var/tmp"))
    folder.chmod(0o755)
    (folder / "aside").mkdir()
    (folder / "home").mkdir()
    os.chown(folder / "home", int(USER), int(USER))
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(os.getuid() != 0, reason="who runs these tests is an ordinary user")
@pytest.mark.skipif(not shutil.which("unshare"), reason="unshare is not installed (util-linux)")
@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv is not installed (util-linux)")
def test_bubblewrap_keeps_its_promises_for_an_ordinary_user(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    places = [ROOT, Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()]
    closed = closed_folders(places)
    hidden = [str(place) for place in places if any(place.is_relative_to(folder) for folder in closed)]
    reachable = ["unshare", "-m", "sh", "-c", REACHABLE, "sh", str(home / "aside"), *hidden, "--", *closed, "--"]
    user = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--bounding-set=-all", "--no-new-privs"]
    pytest_ = [sys.executable, "-B", "-m", "pytest", "-q", "-k", "bubblewrap", "-p", "no:cacheprovider", "-n", "2"]
    basetemp = f"--basetemp={home / 'home' / 'tests'}"
    suites = [str(Path(__file__).with_name(name)) for name in SUITES]
    done = subprocess.run(
        [*reachable, *user, *pytest_, basetemp, *suites],
        cwd=ROOT,
        env=environment(home / "home"),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    with capsys.disabled():
        sys.stdout.write(f"\nas an ordinary user: {summary(done.stdout)}\n")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    found = re.search(r"(\d+) passed", done.stdout)
    assert found
    assert int(found[1]) >= AT_LEAST


def environment(home: Path) -> dict[str, str]:
    handed = {name: value for name, value in os.environ.items() if name.startswith("PIP_") or name in ("PATH", "LANG")}
    return handed | {"HOME": str(home), "TMPDIR": str(home), "PYTHONDONTWRITEBYTECODE": "1"}


def summary(output: str) -> str:
    """Why tests were skipped, and how many passed."""
    lines = output.splitlines()
    return "\n".join([*(line for line in lines if line.startswith("SKIPPED")), lines[-1] if lines else "no output"])
