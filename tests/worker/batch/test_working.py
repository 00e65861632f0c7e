"""A batch goes on where it was, here and on a server, and its results are one table in any form."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet  # type: ignore[import-untyped]  # it has no types

from core.errors import ConfigError
from core.run import RunStatus
from sandbox.addresses import Sources
from tests.fakes.api_server import ApiServer, api_on_loopback
from tests.fakes.example import commit_all
from tests.fakes.records import PATCH, a_successful_record
from tests.fakes.store import MemoryStore
from tests.story.conftest import make_repository
from worker.batch.journal import Journal
from worker.batch.results import COLUMNS, Ended, require_place, write_results
from worker.batch.rows import Row, read_batch
from worker.batch.there import work_there
from worker.batch.working import Progress, require_possible_here, work_here
from worker.here import Bench
from worker.remote.client import NoEntryError, Server
from worker.result import result_of
from worker.retrying import BusyError
from worker.settings import read_settings


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_repository(tmp_path_factory.mktemp("code") / "tiny")


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    with api_on_loopback(tmp_path_factory.mktemp("api") / "home") as running:
        yield running


def rows_of(folder: Path, *repositories: object) -> tuple[Row, ...]:
    lines = [json.dumps({"repository": str(each), "sandbox": "bubblewrap"}) for each in repositories]
    (folder / "batch.jsonl").write_text("\n".join(lines))
    return read_batch(folder / "batch.jsonl")


def test_a_batch_on_a_server_is_the_same_runs_when_it_is_started_again(
    api: ApiServer, repository: Path, tmp_path: Path
) -> None:
    api.patch_of = lambda _: PATCH
    server = Server(url=api.url, token=api.token, sources=Sources(schemes=("https", "file")), sleep=lambda _: None)
    rows = rows_of(tmp_path, repository, repository.as_uri(), "file:///nowhere")
    told: list[Progress] = []
    first = work_there(rows, server, "nightly", tmp_path / "out.jsonl", told.append)
    again = work_there(rows, server, "nightly", tmp_path / "out.jsonl", told.append)

    assert [each.is_good for each in first] == [True, True, False]
    assert "refused POST /runs" in first[2].refusal
    assert [each.result and each.result.run_id for each in again] == [
        each.result and each.result.run_id for each in first
    ]
    assert len(api.runs) == 2
    found = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [each["status"] for each in found] == ["finished", "finished", "failed"]
    assert found[0]["patch"] == PATCH
    assert sum(progress.ended is not None for progress in told) == 6


@dataclass(frozen=True, kw_only=True)
class Restarted(Server):
    """Gives no answer to whoever reads, as often as something is in its list."""

    outage: list[str]

    def _attempt(self, method: str, path: str, options: dict[str, Any]) -> bytes:
        if method == "GET" and self.outage:
            raise BusyError(self.outage.pop())
        return super()._attempt(method, path, options)


def test_a_batch_outlives_a_server_that_is_brought_up_anew(api: ApiServer, repository: Path, tmp_path: Path) -> None:
    server = Restarted(url=api.url, token=api.token, sleep=lambda _: None, outage=["connection refused"] * 12)
    told: list[Progress] = []
    (ended,) = work_there(rows_of(tmp_path, repository), server, "outage", tmp_path / "out.jsonl", told.append)
    assert ended.result is not None
    assert sum("out of reach" in progress.words for progress in told) == 12


def test_a_batch_waits_for_its_own_runs_where_the_day_has_dollars_for_one_at_a_time(
    repository: Path, tmp_path: Path
) -> None:
    lines = [
        {
            "repository": repository.as_uri(),
            "proposer": "openai",
            "seed": seed,
            "dollars": cost,
        }
        for seed, cost in enumerate((3, 3, 3, 9))
    ]
    (tmp_path / "batch.jsonl").write_text("\n".join(map(json.dumps, lines)))
    model = dict.fromkeys(("PERFSMITH_MODEL_INPUT_PRICE", "PERFSMITH_MODEL_OUTPUT_PRICE"), "1") | {
        "PERFSMITH_MODEL": "m"
    }
    key = {"OPENAI_API_KEY": "none"}
    with api_on_loopback(tmp_path / "home", dollars_per_day=5.0, is_idle=True, **model, **key) as api:
        sources = Sources(schemes=("https", "file"))
        server = Server(url=api.url, token=api.token, sources=sources, sleep=lambda _: api.work())
        told: list[Progress] = []
        ended = work_there(read_batch(tmp_path / "batch.jsonl"), server, "n", tmp_path / "out.csv", told.append)
    assert [each.is_good for each in ended] == [True, True, True, False]
    assert "5.00 dollars left of 5.00" in ended[3].refusal
    assert "waits for dollars of the day" in [progress.words for progress in told]


def test_files_that_were_changed_since_are_a_new_run(api: ApiServer, tmp_path: Path) -> None:
    server = Server(url=api.url, token=api.token, sources=Sources(), sleep=lambda _: None)
    folder = make_repository(tmp_path / "own")
    found = []
    for text in ("# one\n", "# two\n"):
        with (folder / "work.py").open("a") as file:
            file.write(text)
        commit_all(folder)
        (ended,) = work_there(rows_of(tmp_path, folder), server, "edits", tmp_path / "out.jsonl", lambda _: None)
        assert ended.is_good, ended.refusal
        found.append(ended.result and ended.result.run_id)
    assert found[0] != found[1]


@pytest.mark.parametrize("wrong", ["token", "address"])
def test_a_server_that_takes_nothing_leaves_the_results_as_they_were(
    api: ApiServer, repository: Path, tmp_path: Path, wrong: str
) -> None:
    output = tmp_path / "out.jsonl"
    output.write_text("good\n")
    server = Server(url=api.url, token=api.token, sleep=lambda _: None)
    server = replace(server, token="ps_expired") if wrong == "token" else replace(server, url=f"{api.url}/elsewhere")
    with pytest.raises(NoEntryError, match="refused POST"):
        work_there(rows_of(tmp_path, repository), server, "nightly", output, lambda _: None)
    assert output.read_text() == "good\n"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    settings = read_settings({"PERFSMITH_HOME": str(tmp_path / "home")})
    return Bench(store=MemoryStore(), settings=settings, notify=lambda _: None, interrupted=lambda: False)


def test_a_run_of_the_journal_that_is_over_is_not_worked_on_again(bench: Bench, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    record = a_successful_record()
    bench.store.create(replace(record.run, status=RunStatus.FINISHED))
    (row, refused) = rows_of(tmp_path, "https://example.org/never-fetched.git", tmp_path / "nowhere")
    Journal.beside(output).note(row.digest, record.run.id)
    ended = work_here((row, refused), bench, output, lambda _: None)

    assert [each.result and each.result.run_id for each in ended] == [record.run.id, None]
    assert "is no folder" in ended[1].refusal
    assert len(output.read_text().splitlines()) == 2


def test_a_run_of_the_journal_that_was_forgotten_is_handed_in_anew(bench: Bench, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    (row,) = rows_of(tmp_path, tmp_path / "nowhere")
    Journal.beside(output).note(row.digest, "forgotten1")
    (ended,) = work_here((row,), bench, output, lambda _: None)
    assert "is no folder" in ended.refusal


def test_a_batch_ends_with_the_run_that_somebody_interrupted(bench: Bench, tmp_path: Path) -> None:
    rows = rows_of(tmp_path, tmp_path / "nowhere", tmp_path / "nowhere-else")
    output = tmp_path / "out.jsonl"
    with pytest.raises(KeyboardInterrupt):
        work_here(rows, replace(bench, interrupted=lambda: True), output, lambda _: None)
    assert len(output.read_text().splitlines()) == 1


def test_what_this_machine_can_not_do_is_said_of_every_line_before_the_first_is_worked_on(
    bench: Bench, tmp_path: Path
) -> None:
    path = tmp_path / "batch.jsonl"
    path.write_text('{"repository": "x"}\n{"repository": "y", "proposer": "rulez"}')
    with pytest.raises(ConfigError, match="line 2: unknown proposer 'rulez'"):
        require_possible_here(read_batch(path), bench, path)
    path.write_text('{"repository": "x", "machines": 4}')
    with pytest.raises(ConfigError, match="line 1: machines is 4, but without --server"):
        require_possible_here(read_batch(path), bench, path)


def test_a_journal_outlives_half_a_line(tmp_path: Path) -> None:
    journal = Journal.beside(tmp_path / "out.csv")
    assert journal.runs() == {}
    journal.note("a", "1")
    journal.path.write_text(journal.path.read_text() + '\n["b", "2')
    journal.note("c", "3")
    assert journal.runs() == {"a": "1", "c": "3"}


@pytest.fixture
def ended(tmp_path: Path) -> tuple[Ended, ...]:
    good, bad = rows_of(tmp_path, "https://example.org/a.git", '=HYPERLINK("http://evil")')
    return (Ended(row=good, result=result_of(a_successful_record())), Ended(row=bad, result=None, refusal=" +1+1"))


def test_results_are_the_same_in_every_form(ended: tuple[Ended, ...], tmp_path: Path) -> None:
    for suffix in ("jsonl", "csv", "parquet"):
        write_results(tmp_path / f"out.{suffix}", ended)
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    table = parquet.read_table(tmp_path / "out.parquet").to_pylist()
    with (tmp_path / "out.csv").open(newline="") as file:
        cells = list(csv.DictReader(file))

    assert tuple(lines[0]) == tuple(table[0]) == tuple(cells[0]) == COLUMNS
    assert lines == table
    assert float(cells[0]["speedup"]) == lines[0]["speedup"] > 1
    assert cells[0]["patch"] == lines[0]["patch"]


def test_no_cell_of_a_table_is_a_formula(ended: tuple[Ended, ...], tmp_path: Path) -> None:
    write_results(tmp_path / "out.csv", ended)
    with (tmp_path / "out.csv").open(newline="") as file:
        hostile = list(csv.DictReader(file))[1]
    assert hostile["repository"] == '\'=HYPERLINK("http://evil")'
    assert hostile["reason"] == "' +1+1"


def test_a_place_that_can_not_hold_results_is_refused_before_any_work(tmp_path: Path) -> None:
    for place, words in (("out.xls", "must end with"), ("none/out.csv", "there is no folder")):
        with pytest.raises(ConfigError, match=words):
            require_place(tmp_path / place)
