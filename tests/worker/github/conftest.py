"""GitHub on loopback, a pull request on it, and a step that works on its checkout."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from core.candidate import Verdict
from core.measurement import Speedup
from core.problem import Objective
from core.run import BackendSpec, RunKind, RunStatus
from tests.fakes.github import State, github_on_loopback
from tests.story.conftest import WORK
from tests.worker.github.repositories import BASE, Origin, make_origin
from worker.github.client import GitHub
from worker.github.delivery import Delivery
from worker.github.step import Outcome, Step, take
from worker.problem.settings import NO_FLAGS
from worker.result import Result
from worker.submit import Request

CHANGED = WORK.replace('    """The sum', '    """Return the sum')
"""What the pull request makes of the file; the loop below stays within three lines of it."""
FOUND = Speedup(estimate=2.0, low=1.9, high=2.1)


@pytest.fixture
def state() -> Iterator[State]:
    with github_on_loopback() as known:
        yield known


@pytest.fixture
def github(state: State) -> GitHub:
    return GitHub(url=state.url, repository=state.repository, token="the-token", sleep=lambda _: None)


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the repository and its checkouts are, which nobody writes to but git."""
    return tmp_path_factory.mktemp("github")


@pytest.fixture(scope="session")
def origin(place: Path) -> Origin:
    after = {"src/work.py": CHANGED, "test_work.py": BASE["test_work.py"] + "\n", "README.md": "new\n"}
    return make_origin(place / "origin", before=BASE, after=after)


def a_result(**differs: Any) -> Result:
    usual = Result(
        run_id="k7f3q9",
        kind=RunKind.OPTIMIZE,
        status=RunStatus.FINISHED,
        verdict=Verdict.CONFIRMED,
        reason="faster",
        speedup=FOUND,
        objective=Objective.WALL,
        candidates=3,
        look_at=(),
        tokens=0,
        dollars=0.0,
        seconds=3.0,
        error="",
    )
    return replace(usual, **differs)


@dataclass(kw_only=True)
class Bench:
    """Takes steps whose work is done by nobody: the result is given."""

    github: GitHub
    folder: Path
    result: Result = field(default_factory=a_result)
    asked: list[Request] = field(default_factory=list)

    @property
    def summary(self) -> str:
        return (self.folder / "summary.md").read_text()

    @property
    def outputs(self) -> dict[str, str]:
        """As GitHub reads them."""
        found: dict[str, str] = {}
        lines = iter((self.folder / "outputs").read_text().split("\n"))
        for line in lines:
            name, _, delimiter = line.partition("<<")
            if delimiter:
                found[name] = "\n".join(takewhile(delimiter.__ne__, lines))
        return found

    def take(self, event: str, payload: dict[str, Any], checkout: Path, sha: str, **differs: Any) -> Outcome:
        step = Step(
            event=event,
            payload=payload,
            workspace=checkout,
            sha=sha,
            branch="",
            usual=Request(
                repository="",
                flags=NO_FLAGS,
                sandbox=BackendSpec(name="docker", options={}),
                strategy=BackendSpec(name="greedy", options={}),
            ),
            folder=self.folder / "results",
            work=self._work,
            needs_secret=False,
            github=self.github,
            delivery=Delivery.AUTO,
            judge_label="performance",
            outputs=self.folder / "outputs",
            summary=self.folder / "summary.md",
            link=lambda run_id: f"https://gh/run/{run_id}",
        )
        return take(replace(step, **differs))

    def _work(self, request: Request) -> Result:
        self.asked.append(request)
        return self.result


@pytest.fixture
def bench(github: GitHub, tmp_path: Path) -> Bench:
    (tmp_path / "step").mkdir()
    return Bench(github=github, folder=tmp_path / "step")


@pytest.fixture(scope="session")
def checkout(origin: Origin, place: Path) -> Path:
    """Of the pull request's merge."""
    return origin.checkout(place / "work", origin.merge)


@pytest.fixture(scope="session")
def main_checkout(origin: Origin, place: Path) -> Path:
    """Of the default branch, as for a schedule and for comments."""
    return origin.checkout(place / "main", origin.base, ref="refs/remotes/origin/main")
