"""The database file: several processes, killed processes, large runs, and files that can't be used."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import event

from core.errors import ConfigError, StoreError
from core.queue import Ticket
from store.sql import SqlStore
from tests.store.facts import a_call, a_candidate, a_decision, a_run, an_evaluation
from tests.store.processes import append, claim, create, start, take, told


def test_what_a_killed_process_reported_as_stored_is_there(url: str, sql: SqlStore) -> None:
    sql.create(a_run())
    process, line = start(append, url)
    reported = [told(line) for _ in range(15)]
    process.kill()
    process.join()
    with suppress(EOFError, ConnectionResetError):
        while True:
            reported.append(line.recv())
    with SqlStore.open(url) as store:
        candidates = store.load("3fa4").candidates
    assert [c.number for c in candidates if c.evaluation == an_evaluation(20)][: len(reported)] == reported
    assert len(candidates) <= len(reported) + 2


def test_two_processes_never_get_the_same_number_or_key(url: str, sql: SqlStore) -> None:
    sql.create(a_run())
    (one, first), (other, second) = (start(take, url) for _ in range(2))
    assert sum(int(str(told(line))) for line in (first, second)) == 40
    one.join()
    other.join()
    assert len(sql.load("3fa4").candidates) == 40


def test_processes_may_create_the_same_database_at_once(url: str) -> None:
    started = [start(create, url) for _ in range(3)]
    lines = [line for _, line in started]
    assert [told(line) for line in lines] == ["ready"] * 3
    for line in lines:
        line.send("go")
    assert [told(line) for line in lines] == [0] * 3
    for process, _ in started:
        process.join()


def test_processes_claim_each_run_once(url: str, sql: SqlStore) -> None:
    for number in range(60):
        sql.queue.enqueue(a_run(f"{number:04x}"), Ticket())
    started = [start(claim, url) for _ in range(3)]
    lines = [line for _, line in started]
    assert [told(line) for line in lines] == ["ready"] * 3
    for number, line in enumerate(lines):
        line.send(f"w{number}")
    claimed = [run_id for line in lines for run_id in cast("list[str]", told(line))]
    assert sorted(claimed) == [f"{number:04x}" for number in range(60)]
    for process, _ in started:
        process.join()


def test_threads_may_share_a_store(sql: SqlStore) -> None:
    sql.create(a_run())
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: sql.history("3fa4").propose(a_candidate(number)), range(20)))
    assert len(sql.load("3fa4").candidates) == 20


def test_a_commit_is_on_the_disk_before_it_returns_and_readers_do_not_wait(url: str) -> None:
    with SqlStore.open(url) as store, store.engine.connect() as connection:
        settings = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
        assert settings == ["wal", 2]


def test_a_run_takes_all_that_belongs_to_it_along_when_it_is_deleted(url: str, sql: SqlStore) -> None:
    sql.create(a_run())
    sql.history("3fa4").propose(a_candidate(0))
    sql.history("3fa4").propose(a_candidate(1, parent=0))
    sql.history("3fa4").decide(1, an_evaluation(), a_decision())
    sql.history("3fa4").profile(1, [])
    sql.ledger("3fa4").record(a_call())
    with sql.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM runs")
    tables = ("candidates", "evaluations", "checks", "timings", "samples", "profiles", "model_calls", "transcripts")
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
        assert [file.execute(f"SELECT count(*) FROM {table}").fetchone() for table in tables] == [(0,)] * len(tables)


@contextmanager
def counted(store: SqlStore) -> Iterator[list[str]]:
    queries: list[str] = []

    def note(*arguments: object) -> None:
        queries.append(str(arguments[2]))

    event.listen(store.engine, "before_cursor_execute", note)
    yield queries
    event.remove(store.engine, "before_cursor_execute", note)


def test_a_large_run_is_loaded_in_as_many_queries_as_a_small_one(sql: SqlStore) -> None:
    for run_id, candidates in (("small", 1), ("large", 30)):
        sql.create(a_run(run_id))
        for number in range(candidates):
            sql.history(run_id).propose(a_candidate(number))
            sql.history(run_id).decide(number, an_evaluation(60), a_decision())
    with counted(sql) as small:
        sql.load("small")
    with counted(sql) as large:
        sql.load("large")
    assert len(small) == len(large) < 12


def test_the_list_of_runs_is_one_query(sql: SqlStore) -> None:
    for run_id in "abc":
        sql.create(a_run(run_id))
    with counted(sql) as queries:
        assert len(sql.recent(10)) == 3
    assert [query.split()[0] for query in queries if not query.startswith("BEGIN")] == ["SELECT"]


@pytest.mark.usefixtures("sql")
def test_a_locked_database_is_named(url: str) -> None:
    path = url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as other, SqlStore.open(f"{url}?timeout=0.01") as hasty:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another process holds the database") as caught:
            hasty.create(a_run())
        other.rollback()
    assert str(caught.value).startswith(path)
    assert "INSERT" not in str(caught.value)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="its folder must exist"), SqlStore.open(f"sqlite:///{tmp_path}/no/p.db"):
        pass


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to have a header" * 9)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="not a SQLite database"), SqlStore.open(f"sqlite:///{path}"):
        pass
    assert path.read_bytes() == before


@pytest.mark.usefixtures("sql")
def test_a_read_only_database_is_refused_on_writing_but_can_be_read(url: str) -> None:
    path = url.removeprefix("sqlite:///")
    with SqlStore.open(f"sqlite:///file:{path}?mode=ro&uri=true") as store:
        assert store.recent(1) == []
        with pytest.raises(StoreError, match="read-only"):
            store.create(a_run())


def test_a_full_disk_is_named(sql: SqlStore) -> None:
    sql.create(a_run())
    with sql.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    large = replace(a_candidate(), proposal=replace(a_candidate().proposal, patch="x" * 1_000_000))
    with pytest.raises(StoreError, match="disk is full"):
        sql.history("3fa4").propose(large)


def test_a_failed_write_leaves_nothing_half_written(sql: SqlStore) -> None:
    sql.create(a_run())
    sql.history("3fa4").propose(a_candidate())
    too_large = replace(an_evaluation(), timings=(replace(an_evaluation().timings[0], loops=1 << 64),))
    with pytest.raises(StoreError, match="64 bits"):
        sql.history("3fa4").decide(0, too_large, a_decision())
    assert sql.load("3fa4").candidates == (a_candidate(),)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("perfsmith.db", "no database URL"),
        ("nosuch://host/name", "good ones are"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
    ],
)
def test_a_url_that_can_not_be_used_is_refused_with_good_ones(url: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words), SqlStore.open(url):
        pass


def test_no_message_holds_the_password() -> None:
    for url in ("nosuch://me:secret@host/name", "me:secret@host"):
        with pytest.raises(ConfigError) as caught, SqlStore.open(url):
            pass
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE runs SET status = 'paused'", "paused"),
        ("""UPDATE runs SET problem = '{"format": 3, "problem": {}}'""", "has format 3"),
        ("UPDATE runs SET problem = '{}'", "format None"),
        ("""UPDATE runs SET problem = '{"format": 1, "problem": {}}'""", "repository"),
        ("UPDATE runs SET problem = 'no json'", "can't read"),
        ("UPDATE evaluations SET verdict = 'splendid'", "splendid"),
        ("UPDATE profiles SET packed = x'00'", "can't read"),
    ],
)
def test_what_this_release_can_not_read_is_said(sql: SqlStore, change: str, words: str) -> None:
    candidate = replace(a_candidate(), evaluation=an_evaluation(), decision=a_decision())
    sql.create(a_run())
    sql.history("3fa4").propose(a_candidate())
    sql.history("3fa4").decide(0, an_evaluation(), a_decision())
    sql.history("3fa4").profile(0, [])
    assert sql.load("3fa4").candidates == (candidate,)
    with sql.engine.begin() as connection:
        connection.exec_driver_sql(change)
    with pytest.raises(StoreError, match=words):
        sql.load("3fa4")
