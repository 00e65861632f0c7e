"""What is handed in is recorded as it was asked for, within its owner's day."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import AllowanceError
from core.queue import Ticket
from core.run import BackendSpec
from core.spend import Budget
from store.sql import SqlStore
from tests.story.conftest import WORK, WORK_FASTER, make_repository
from tests.worker.github.repositories import patch_of
from worker.hand_in import hand_in
from worker.problem.settings import NO_FLAGS
from worker.settings import ModelPrice, Settings, read_settings
from worker.submit import Request, prepare

MODEL = BackendSpec(name="openai", options={"model": "m"})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    found = read_settings({"PERFSMITH_HOME": str(tmp_path), "OPENAI_API_KEY": "none", "PERFSMITH_MODEL": "m"})
    return replace(found, model_price=ModelPrice(input_dollars=1.0, output_dollars=2.0))


@pytest.fixture
def request_(tmp_path: Path) -> Request:
    return Request(
        repository=str(make_repository(tmp_path / "tiny")),
        flags=NO_FLAGS,
        sandbox=BackendSpec(name="bubblewrap", options={}),
        strategy=BackendSpec(name="greedy", options={}),
        proposers=(MODEL,),
    )


def recorded(store: SqlStore, settings: Settings, request: Request, owner: str = "ada") -> Budget:
    ticket = Ticket(owner=owner)
    run_id = hand_in(request, ticket, store=store, settings=settings, nudge=lambda _: None, dollars_per_day=5.0)
    return store.load(run_id).run.budget


def test_a_run_without_dollars_gets_what_is_left_when_it_is_recorded(
    settings: Settings, request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SqlStore.open(settings.database_url) as store:

        def while_it_is_fetched(*given: object) -> object:
            monkeypatch.undo()
            recorded(store, settings, replace(request_, budget=Budget(dollars=1.5)))
            return prepare(*given)  # type: ignore[arg-type]  # as it was called

        monkeypatch.setattr("worker.hand_in.prepare", while_it_is_fetched)
        assert recorded(store, settings, request_).dollars == 3.5
        with pytest.raises(AllowanceError, match=r"0\.00 dollars left"):
            recorded(store, settings, request_)


def test_a_patch_is_judged_whatever_a_search_may_cost(settings: Settings, request_: Request) -> None:
    patch = patch_of("work.py", WORK, WORK_FASTER)
    judged = replace(request_, proposers=(), patch=patch, budget=Budget(dollars=0.0))
    with SqlStore.open(settings.database_url) as store:
        assert recorded(store, settings, judged) == Budget(candidates=1)
