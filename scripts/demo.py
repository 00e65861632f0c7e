"""The main job on a real library: fetch a pinned release, let perfsmith make it faster, show where the report is.

The release is downloaded and unpacked inside the sandbox, because pip runs a source distribution's setup.py to look at it;
its hash is checked twice, by pip and here. Everything is kept in the folder demo/ of this checkout.

    python scripts/demo.py
    SANDBOX=docker SANDBOX_OPTIONS="docker.base=NAME docker.setup_network=host" python scripts/demo.py
"""

import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from core.execution import Command
from core.protocols import SandboxProvider
from worker.backends import resolve
from worker.options import specs
from worker.settings import read_settings
from worker.submit import supplies

SANDBOX = os.environ.get("SANDBOX") or "bubblewrap"
OPTIONS = os.environ.get("SANDBOX_OPTIONS", "").split()
CHECKOUT = Path(__file__).parents[1]
DEMO = CHECKOUT / "demo"
NAME, VERSION = "hpack", "3.0.0"
SHA256 = "8eec9c1f4bfae3408a3f30500261f7e6a65912dc138526ea054f9ad98892e9d2"
ARCHIVE = f"{NAME}-{VERSION}.tar.gz"
TESTS = "test/test_hpack.py test/test_huffman.py test/test_struct.py test/test_encode_decode.py"
CONFIGURATION = f"""\
editable = ["{NAME}/*.py"]
tests = "python -m pytest -q -p no:cacheprovider {TESTS}"
workload = "python workload.py"
setup = ["python -m pip install -q pytest==8.4.2 hypothesis==6.140.3", "python -m pip install -q -e ."]
"""


def main() -> int:
    """Exit status of `perfsmith optimize` on the library."""
    repository = DEMO / NAME
    if not (repository / ".git").is_dir():
        shutil.rmtree(repository, ignore_errors=True)
        make_repository(fetch(), repository)
    print(f"A git repository of {NAME} {VERSION} with a workload is in {repository}.\n", flush=True)
    perfsmith = Path(sys.executable).parent / "perfsmith"
    argv = [str(perfsmith), "optimize", str(repository), "--candidates", "6", "--output", str(DEMO / "result")]
    argv += ["--sandbox", SANDBOX, *(word for option in OPTIONS for word in ("--option", option))]
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "PERFSMITH_"))}
    print("$ " + " ".join(["perfsmith", *argv[1:]]), flush=True)
    return subprocess.run(argv, env={**ours, "PERFSMITH_HOME": str(DEMO / "home")}, check=False).returncode


def fetch() -> bytes:
    """The release's archive, with the hash that it is known by."""
    empty = DEMO / "empty"
    shutil.rmtree(empty, ignore_errors=True)
    empty.mkdir(parents=True)
    requirement = f"{NAME}=={VERSION} --hash=sha256:{SHA256}"
    download = f"python -m pip download -q --no-deps --no-binary {NAME} --require-hashes -r requirement.txt"
    settings = read_settings({"PERFSMITH_HOME": str(DEMO / "home")})
    provider: SandboxProvider = resolve("sandbox", specs([SANDBOX], OPTIONS)[0], **supplies(settings))
    environment = provider.prepare(empty, [f"echo '{requirement}' > requirement.txt", download], timeout_seconds=600)
    with provider.open(environment, {}) as sandbox:
        copy = ("cp", ARCHIVE, str(sandbox.layout.out))
        archive = sandbox.run(Command(argv=copy, timeout_seconds=60, collect=(ARCHIVE,))).files.get(ARCHIVE, b"")
    if hashlib.sha256(archive).hexdigest() != SHA256:
        sys.exit(f"{ARCHIVE} is not the release that this demo was written for")
    return archive


def make_repository(archive: bytes, repository: Path) -> None:
    """The release with our workload and configuration as a git repository of two commits."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        opened.extractall(DEMO / "unpacked", filter="data")
    (DEMO / "unpacked" / f"{NAME}-{VERSION}").rename(repository)
    shutil.rmtree(repository / f"{NAME}.egg-info")
    git(repository, "init", "-q")
    (repository / ".git" / "info" / "exclude").write_text("*.egg-info/\n__pycache__/\n")
    commit(repository, f"{NAME} {VERSION}")
    shutil.copy(CHECKOUT / "examples" / "headers" / "workload.py", repository / "workload.py")
    (repository / "perfsmith.toml").write_text(CONFIGURATION)
    commit(repository, "Add a workload")


def commit(repository: Path, message: str) -> None:
    """Everything in one commit."""
    git(repository, "add", "-A")
    git(repository, "-c", "user.name=demo", "-c", "user.email=demo@example.org", "commit", "-q", "-m", message)


def git(repository: Path, *arguments: str) -> None:
    """Run git, whatever the user's own configuration says."""
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *arguments], cwd=repository, env=environment, check=True)


if __name__ == "__main__":
    sys.exit(main())
