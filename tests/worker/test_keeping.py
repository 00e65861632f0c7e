import os
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.queue import Ticket
from core.run import RunStatus
from store.sql import SqlStore
from tests.store.facts import a_run
from worker.keeping import clear_ended, forget_old_runs, read_bundle, write_bundle
from worker.machine import claimed
from worker.settings import Settings, read_settings

DAY = timedelta(days=1)


def old(folder: Path) -> Path:
    folder.mkdir(parents=True)
    os.utime(folder, (0, 0))
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return read_settings({"PERFSMITH_HOME": str(tmp_path)})


def test_folders_go_with_their_runs_and_those_of_the_living_stay(home: Settings) -> None:
    with SqlStore.open(home.database_url) as store:
        store.create(a_run("aaaa"))
        known, gone = old(home.workspace("aaaa")), old(home.workspace("bbbb"))
        fresh, used = home.workspace("cccc"), old(home.workspace("dddd"))
        fresh.mkdir()
        with claimed(used, "dddd"):
            os.utime(used, (0, 0))
            forget_old_runs(store, home, older_than=DAY)
        assert [folder.exists() for folder in (known, gone, fresh, used)] == [True, False, True, True]


def test_folders_of_runs_that_are_over_are_cleared(home: Settings) -> None:
    with SqlStore.open(home.database_url) as store:
        for run_id in ("aaaa", "bbbb", "cccc"):
            store.queue.enqueue(a_run(run_id), Ticket())
            home.workspace(run_id).mkdir(parents=True)
        for run_id in ("aaaa", "bbbb"):
            store.queue.cancel(run_id)
        unknown = home.workspace("dddd")
        unknown.mkdir()
        with claimed(home.workspace("bbbb"), "bbbb"):
            clear_ended(store, home)
        assert sorted(folder.name for folder in unknown.parent.iterdir()) == ["bbbb", "cccc", "dddd"]


def test_a_run_is_carried_to_another_store_by_a_file(home: Settings, tmp_path: Path) -> None:
    file = tmp_path / "run.bundle"
    with SqlStore.open(home.database_url) as store, SqlStore.open(f"sqlite:///{tmp_path}/other.db") as other:
        store.create(a_run())
        store.transition("3fa4", RunStatus.FINISHED)
        write_bundle(store, "3f", file)
        assert read_bundle(other, file) == "3fa4"
        with pytest.raises(ConfigError, match="exists already"):
            write_bundle(store, "3f", file)
        with pytest.raises(ConfigError, match="can't be read"):
            read_bundle(other, tmp_path / "nothing")
