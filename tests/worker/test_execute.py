"""How a run ends whose work went wrong."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from core.candidate import Verdict
from core.errors import (
    ConfigError,
    MachineError,
    NoSandboxError,
    PerfsmithError,
    SandboxError,
    StoreError,
    UnsteadyError,
)
from core.run import RunStatus
from tests.fakes.store import MemoryStore
from tests.store.facts import a_candidate, a_decision, a_run, an_evaluation
from worker import execute as executing
from worker.job import Job
from worker.settings import read_settings


@pytest.fixture
def store() -> MemoryStore:
    made = MemoryStore()
    made.create(a_run("3fa4"))
    return made


@pytest.fixture
def job(store: MemoryStore, tmp_path: Path) -> Job:
    settings = read_settings({"PERFSMITH_HOME": str(tmp_path)})
    return Job(run_id="3fa4", store=store, settings=settings, notify=lambda _: None, interrupted=lambda: False)


def raising(error: PerfsmithError) -> Callable[..., NoReturn]:
    def fail(*_: object) -> NoReturn:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (SandboxError("bwrap is gone"), "the sandbox broke: bwrap is gone"),
        (NoSandboxError("bwrap is not installed"), "the sandbox broke: bwrap is not installed"),
        (MachineError("the server does not answer"), "the server does not answer"),
        (UnsteadyError("the original's workload failed"), "the original's workload failed"),
    ],
)
def test_only_a_sandbox_of_ours_is_called_broken(
    store: MemoryStore, job: Job, monkeypatch: pytest.MonkeyPatch, error: PerfsmithError, told: str
) -> None:
    monkeypatch.setattr(executing, "obtain_again", raising(error))
    with pytest.raises(type(error)):
        executing.execute(job)
    run = store.load(job.run_id).run
    assert (run.status, run.error) == (RunStatus.FAILED, told)


@pytest.mark.parametrize("error", [SandboxError("x"), NoSandboxError("x"), MachineError("x"), StoreError("x")])
def test_what_fails_for_want_of_something_here_is_not_the_end_of_a_run_that_others_may_take_up(
    store: MemoryStore, job: Job, monkeypatch: pytest.MonkeyPatch, error: PerfsmithError
) -> None:
    monkeypatch.setattr(executing, "obtain_again", raising(error))
    with pytest.raises(type(error)):
        executing.execute(replace(job, is_shared=True, is_retried=True))
    assert store.load(job.run_id).run.status is RunStatus.RUNNING


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (SandboxError("x"), RunStatus.FAILED),
        (StoreError("x"), RunStatus.FAILED),
        (NoSandboxError("x"), RunStatus.RUNNING),
        (MachineError("x"), RunStatus.RUNNING),
    ],
)
def test_the_last_attempt_ends_the_run_unless_this_machine_was_unable_to_make_it(
    store: MemoryStore, job: Job, monkeypatch: pytest.MonkeyPatch, error: PerfsmithError, status: RunStatus
) -> None:
    monkeypatch.setattr(executing, "obtain_again", raising(error))
    with pytest.raises(type(error)):
        executing.execute(replace(job, is_shared=True))
    assert store.load(job.run_id).run.status is status


@pytest.mark.parametrize("error", [ConfigError("setup fails"), UnsteadyError("the workload failed")])
def test_what_fails_on_every_machine_is_its_end(
    store: MemoryStore, job: Job, monkeypatch: pytest.MonkeyPatch, error: PerfsmithError
) -> None:
    monkeypatch.setattr(executing, "obtain_again", raising(error))
    with pytest.raises(type(error)):
        executing.execute(replace(job, is_shared=True, is_retried=True))
    assert store.load(job.run_id).run.status is RunStatus.FAILED


def test_a_store_that_fails_in_the_middle_of_a_search_is_not_its_end(
    store: MemoryStore, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = store.history(job.run_id)
    for number, verdict in enumerate((Verdict.BASELINE, Verdict.ACCEPTED)):
        history.propose(a_candidate(number, parent=0 if number else None))
        history.decide(number, an_evaluation(), a_decision(verdict))
    monkeypatch.setattr(executing, "obtain_again", lambda *_: Path())
    monkeypatch.setattr(executing, "assembled", lambda *_: nullcontext())
    monkeypatch.setattr(executing, "establish", lambda _, record: record)
    monkeypatch.setattr(executing, "search_until_stopped", raising(StoreError("the database is gone")))
    with pytest.raises(StoreError, match="the database is gone"):
        executing.execute(replace(job, is_retried=True))
    assert store.load(job.run_id).run.status is RunStatus.RUNNING
