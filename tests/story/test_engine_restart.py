"""The Docker engine is killed with SIGKILL in the middle of a run and started again: the run ends confirmed."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.sandbox.engine import BASE, engine_or_reason
from tests.story.answers import FASTER
from tests.story.conftest import User


@dataclass
class Engine:
    """An engine of the test's own, which it may kill."""

    folder: Path
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def variables(self) -> Mapping[str, str]:
        return {"DOCKER_HOST": f"unix://{self.folder}/sock"}

    def docker(self, *arguments: str) -> str:
        done = self.asked(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def asked(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        variables = {**os.environ, **self.variables}
        return subprocess.run(["docker", *arguments], env=variables, check=False, capture_output=True, text=True)

    def containers(self) -> list[str]:
        """All that are left, running or not.

        An engine that was killed and started again may list one for ever that is long removed, of which nothing can be asked:
        while it starts, it removes and notes what ran in two threads.
        """
        lines = self.docker("ps", "--all", "--no-trunc", "--format", "{{.ID}} {{.CreatedAt}} {{.Status}} {{.Labels}}")
        return [line for line in lines.splitlines() if self.knows(line.split()[0])]

    def knows(self, container: str) -> bool:
        answer = self.asked("inspect", container)
        assert answer.returncode == 0 or "No such object" in answer.stderr, answer.stderr
        return answer.returncode == 0

    def said(self) -> str:
        """The end of what the engine wrote."""
        return "\n".join((self.folder / "log").read_text().splitlines()[-60:])

    def start(self) -> None:
        folders = [f"--{name}={self.folder / name}" for name in ("data-root", "exec-root", "pidfile")]
        # A killed engine leaves its notes of who runs, and by now the numbers may be another's, or a zombie's.
        for note in ("pidfile", "exec-root/containerd/containerd.pid"):
            (self.folder / note).unlink(missing_ok=True)
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                ["dockerd", "--bridge=none", "--iptables=false", *folders, "-H", self.variables["DOCKER_HOST"]],
                stdout=log,
                stderr=log,
            )
        wait_until(self.answers, seconds=60)

    def answers(self) -> bool:
        return self.asked("info").returncode == 0

    def end(self, *, by_kill: bool) -> None:
        assert self.process is not None
        (self.process.kill if by_kill else self.process.terminate)()
        self.process.wait(60)


def wait_until(happened: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


@pytest.fixture
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    reason = engine_or_reason()
    if reason is not None:
        pytest.skip(reason)
    if os.geteuid() != 0 or shutil.which("dockerd") is None:
        pytest.skip("only root can start an engine that the test may kill")
    # A socket's path may not be long.
    folder = Path("/tmp") / f"perfsmith-{os.getpid()}"
    folder.mkdir()
    own = Engine(folder=folder)
    own.start()
    image = tmp_path_factory.mktemp("image") / "base.tar"
    subprocess.run(["docker", "save", "-o", str(image), BASE], check=True)
    own.docker("load", "-q", "-i", str(image))
    image.unlink()
    try:
        yield own
    finally:
        own.end(by_kill=False)
        for line in reversed(Path("/proc/mounts").read_text().splitlines()):
            if line.split()[1].startswith(str(folder)):
                subprocess.run(["umount", "-l", line.split()[1]], check=True)
        shutil.rmtree(folder)


@pytest.mark.timeout(1200)
def test_a_run_survives_that_the_engine_is_killed_while_it_searches_and_while_it_confirms(
    user: User, engine: Engine, tmp_path: Path
) -> None:
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "001.txt").write_text(FASTER)
    user = User(home=user.home, folder=user.folder, variables=engine.variables)
    options = (f"docker.base={BASE}", "docker.setup_network=host", f"replay.directory={tmp_path / 'answers'}")
    with user.begin(
        "optimize", "--sandbox", "docker", "--proposer", "replay", "--candidates", "1",
        *(word for option in options for word in ("--option", option)),
    ) as process:  # fmt: skip
        everything = "".join(_killing(process, engine))
    assert process.returncode == 0, everything
    assert everything.count("search") == 1, everything
    assert "confirmed" in everything
    assert engine.containers() == [], f"{everything}\n{engine.said()}"


def _killing(process: subprocess.Popen[str], engine: Engine) -> Iterator[str]:
    """What perfsmith says, while the engine dies in the middle of the search and of the confirmation."""
    assert process.stderr is not None
    for line in process.stderr:
        yield line
        if line.startswith(("search", "confirm")):
            time.sleep(1)
            engine.end(by_kill=True)
            engine.start()
