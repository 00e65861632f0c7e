"""One repository in one environment for all tests, and its candidates by what they edit."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from checks.calls.recordings import Recording, Recordings
from checks.recorded_calls import RecordedCalls
from checks.same_work import ExpectedWork
from core.candidate import CheckResult
from core.execution import Environment
from core.problem import Objective, WorkloadSpec
from core.protocols import Sandbox, SandboxProvider, Trial
from profiler.workloads.factory import workload_of
from sandbox.bubblewrap import Bubblewrap
from tests.checks.calls.sample import FILES, SOURCES
from worker.tools import tools

WORKLOAD = WorkloadSpec.parse("python bench.py")

Edit = tuple[str, str]
"""Text of the sample, which occurs once, and what takes its place."""


@dataclass(frozen=True, kw_only=True)
class Lab:
    """The sample with the checks, which share what was recorded of it."""

    provider: SandboxProvider
    environment: Environment
    original: Sandbox
    recordings: Recordings

    def recorded(self, *edits: Edit) -> CheckResult:
        """What the check of recorded calls says of a candidate."""
        with self.trial(*edits) as trial:
            return RecordedCalls(recordings=self.recordings).check(trial)

    def work(self, *edits: Edit) -> CheckResult:
        """What the check of the expected work says of a candidate."""
        with self.trial(*edits) as trial:
            return ExpectedWork(recordings=self.recordings).check(trial)

    def recording(self, *edits: Edit) -> Recording:
        """What is recorded for a candidate."""
        with self.trial(*edits) as trial:
            return self.recordings.of(trial)

    @contextmanager
    def trial(self, *edits: Edit) -> Iterator[Trial]:
        changes = edited(*edits)
        with self.provider.open(self.environment, changes) as candidate:
            yield Trial(original=self.original, candidate=candidate, sources=SOURCES, changes=changes)


def edited(*edits: Edit) -> dict[str, str | None]:
    """The files that the edits change."""
    texts = dict(SOURCES)
    for old, new in edits:
        (path,) = [path for path, text in SOURCES.items() if text.count(old) == 1]
        assert old in texts[path], f"{old!r} was edited before"
        texts[path] = texts[path].replace(old, new)
    return {path: text for path, text in texts.items() if text != SOURCES[path]}


def everything() -> list[Edit]:
    """An edit of each function of a file of the sample, and of the module, which changes nothing that they do."""
    bodies = re.compile(r"^(?:async )?def (\w+)\(.*\):\n", re.MULTILINE)
    found = [
        (each[0], f"{each[0]}    {each[1]}_is_edited = True\n") for each in bodies.finditer(SOURCES["pkg/plain.py"])
    ]
    return [*found, ("LIMIT = 3", "LIMIT = 3\nMORE = 4")]


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("calls")
    for path, text in FILES.items():
        (folder / "tree" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "tree" / path).write_text(text)
    provider = Bubblewrap(cache=folder / "cache", scratch=folder / "scratch", tools=tools())
    environment = provider.prepare(folder / "tree", (), timeout_seconds=120)
    recordings = Recordings(
        tests="python -m unittest -q",
        workloads=[(workload_of(WORKLOAD, Objective.WALL, 30), 1)],
        timeout_seconds=30,
    )
    with provider.open(environment, {}) as original:
        lab = Lab(provider=provider, environment=environment, original=original, recordings=recordings)
        # One recording of all functions serves every candidate that edits some of them.
        lab.recording(*everything())
        yield lab
