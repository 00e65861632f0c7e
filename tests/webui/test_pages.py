"""One page after the other, in each state that it can have."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from streamlit.testing.v1 import AppTest

from api.problems import RefusedError
from api.service import Service
from core.access import Scope
from core.candidate import CheckResult, Evaluation, Verdict
from core.errors import ConfigError
from core.health import Finding, Health
from core.listing import RunFilter
from core.queue import Ticket, WorkerState
from core.run import BackendSpec, Record, RunStatus
from store.rows import run_row
from store.sql import SqlStore
from store.tables import RunRow
from tests.fakes.records import (
    HOSTILE,
    PATCH,
    a_candidate,
    a_hostile_record,
    a_problem,
    a_record,
    a_run,
    a_successful_record,
)
from tests.fakes.remembering import remember, remember_saying
from tests.store.facts import a_call
from tests.webui.conftest import Opener, labels, press, words_of
from webui import entrance, watching
from worker.doctor import Checkup, Need, Section
from worker.hand_in import hand_in
from worker.settings import Settings
from worker.submit import DEFAULT_CANDIDATES
from worker.tokens import mint


def test_without_runs_the_list_says_how_to_get_one(open_page: Opener) -> None:
    assert "Hand in a repository" in words_of(open_page("runs"))


@pytest.mark.parametrize("name", ["runs", "run", "candidate", "compare", "batches", "system", "submit"])
def test_a_page_begins_with_its_title_and_says_nothing_of_its_code(open_page: Opener, name: str) -> None:
    assert open_page(name).main.children[0].type == "title"


def test_the_list_shows_status_name_and_speedup(open_page: Opener, store: SqlStore) -> None:
    remember(store, a_successful_record())
    (row,) = open_page("runs").dataframe[0].value.to_dict("records")
    assert (row["status"], row["repository"], row["run"]) == ("✓ finished", "tally", "k7f3q9")
    assert row["speedup"].startswith("2.31×")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "finished"}, 1),
        ({"status": "failed"}, 0),
        ({"name": "tal"}, 1),
        ({"speedup": "3"}, 0),
        ({"owner": "x"}, 0),
    ],
)
def test_the_filter_of_a_shared_link_holds(
    open_page: Opener, store: SqlStore, query: dict[str, str], found: int
) -> None:
    remember(store, a_successful_record())
    page = open_page("runs", **query)
    assert len(page.dataframe) == found
    assert ("No run fits" in words_of(page)) == (found == 0)


def test_a_list_of_many_runs_has_pages(open_page: Opener, store: SqlStore) -> None:
    for at in range(60):
        store.create(replace(a_run(a_problem()), id=f"{at:010x}"))
    page = open_page("runs")
    assert len(page.dataframe[0].value) == 50
    press(page, "Next page")
    assert len(page.dataframe[0].value) == 10


@pytest.mark.parametrize(("name", "key"), [("runs", "runs"), ("batches", "runs of the batch")])
def test_a_click_opens_the_run_that_was_seen_though_a_newer_one_has_its_row(
    open_page: Opener, store: SqlStore, name: str, key: str
) -> None:
    old = a_run(a_problem(), status=RunStatus.QUEUED)
    store.queue.enqueue(old, Ticket(batch="night"))
    page = open_page(name, batch="night")
    newer = replace(old, id="b" * 10, created_at=old.created_at + timedelta(hours=1))
    store.queue.enqueue(newer, Ticket(batch="night"))
    page.session_state[key] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    page.run()
    assert page.query_params["id"] == old.id


def test_the_page_of_no_run_says_where_to_choose_one(open_page: Opener) -> None:
    assert "Choose a run" in words_of(open_page("run"))


def test_an_unknown_run_is_said_to_be_unknown(open_page: Opener) -> None:
    assert "ffff" in words_of(open_page("run", id="ffff"))


def test_a_queued_run_says_what_it_waits_for_and_can_be_cancelled(open_page: Opener, store: SqlStore) -> None:
    run = a_run(a_problem(), status=RunStatus.QUEUED)
    store.queue.enqueue(run, Ticket())
    page = open_page("run", id=run.id)
    assert "waits for a worker" in words_of(page)
    press(page, "Cancel")
    assert store.catalogue.summary(run.id).status is RunStatus.CANCELLED


def test_a_run_that_a_machine_was_unable_to_work_on_says_which_and_why(open_page: Opener, store: SqlStore) -> None:
    run = a_run(a_problem(), status=RunStatus.QUEUED)
    store.queue.enqueue(run, Ticket())
    claim = store.queue.claim("w", machine="attic", lease_seconds=60)
    assert claim is not None
    store.queue.set_aside(claim, reason="no Docker engine answers at [a socket](x)", hours=24)
    said = words_of(open_page("run", id=run.id)).replace("\\", "")
    assert "It waits for a machine that can: no Docker engine answers at [a socket](x) (machine attic)." in said


def test_a_running_run_shows_its_stage_and_its_log(open_page: Opener, store: SqlStore) -> None:
    run = a_run(a_problem(), status=RunStatus.QUEUED)
    store.queue.enqueue(run, Ticket())
    claim = store.queue.claim("w", machine="m", lease_seconds=60)
    assert claim is not None
    held = store.held(claim)
    held.transition(run.id, RunStatus.RUNNING)
    held.say(run.id, "baseline", "the tests pass")
    held.show_progress(run.id, "search", "3 of 12")
    page = open_page("run", id=run.id)
    assert "baseline: the tests pass" in words_of(page)
    assert "search · 3 of 12" in [each.value for each in page.info]


def test_a_failed_run_says_why(open_page: Opener, store: SqlStore) -> None:
    remember(store, a_record(run=a_run(a_problem(), status=RunStatus.FAILED, error="the sandbox broke")))
    assert "the sandbox broke" in words_of(open_page("run", id="k7f3q9"))


def test_a_finished_run_shows_its_gain_its_candidates_and_its_patch(open_page: Opener, store: SqlStore) -> None:
    remember(store, a_successful_record())
    page = open_page("run", id="k7f3q9")
    said = words_of(page)
    assert "2.31× faster" in said
    assert "wall, original" in said
    assert [row["verdict"] for row in page.dataframe[0].value.to_dict("records")][-1] == "✓ confirmed"
    assert len(page.get("plotly_chart")) == 3
    assert {"Patch", "Report", "All files"} <= set(labels(page, "download_button"))


def test_a_winner_beyond_the_candidates_that_are_shown_can_be_downloaded(
    open_page: Opener, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(store, a_successful_record())
    monkeypatch.setattr(watching, "MOST_CANDIDATES", 3)
    page = open_page("run", id="k7f3q9")
    assert len(page.dataframe[0].value) == 3
    assert "Patch" in labels(page, "download_button")
    assert "wall, original" in words_of(page)


def test_a_run_is_taken_up_again_with_more_budget(open_page: Opener, store: SqlStore, nudged: list[str]) -> None:
    run = a_run(a_problem(), status=RunStatus.QUEUED)
    store.queue.enqueue(run, Ticket())
    store.queue.cancel(run.id)
    page = open_page("run", id=run.id)
    page.text_input[_labelled(page, "Candidates")].set_value("99")
    press(page, "Resume")
    assert store.catalogue.run(run.id).budget.candidates == 99
    assert (store.catalogue.summary(run.id).status, nudged) == (RunStatus.QUEUED, [run.id])


def test_a_patch_for_github_is_offered_there(
    open_page: Opener, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = a_successful_record()
    problem = replace(record.run.problem, repository="https://github.com/team/tally.git")
    remember(store, replace(record, run=replace(record.run, problem=problem)))
    asked: list[tuple[str, str]] = []

    def offer(_: Record, __: Settings, *, token: str, base: str) -> str:
        asked.append((token, base))
        if token == "wrong":
            raise ConfigError("GitHub refused")
        return "https://github.com/team/tally/pull/8"

    monkeypatch.setattr("webui.actions.offer_patch", offer)
    page = open_page("run", id=record.run.id)
    for token in ("wrong", "ghp_right"):
        page.text_input[_labelled(page, "Token of GitHub")].set_value(token)
        press(page, "Open a draft")
    assert asked == [("wrong", ""), ("ghp_right", "")]
    assert "Look at the pull request" in labels(page, "link_button")


def test_the_patch_of_an_imported_run_is_offered_to_nobody(open_page: Opener, store: SqlStore) -> None:
    record = a_successful_record()
    problem = replace(record.run.problem, repository="https://github.com/team/tally.git")
    remember(store, replace(record, run=replace(record.run, problem=problem)))
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE runs SET imported = true")
    page = open_page("run", id=record.run.id)
    assert "Open a draft" not in labels(page, "button")
    assert "It came in a bundle" in words_of(page)


def test_a_patch_for_another_place_is_not_offered_to_github(open_page: Opener, store: SqlStore) -> None:
    remember(store, a_successful_record())
    assert "Open a draft" not in [each.label for each in open_page("run", id="k7f3q9").button]


def _labelled(page: AppTest, label: str) -> int:
    return [each.label for each in page.text_input].index(label)


def test_a_hint_is_kept_and_shown(open_page: Opener, store: SqlStore) -> None:
    store.queue.enqueue(a_run(a_problem(), status=RunStatus.QUEUED), Ticket())
    page = open_page("run", id="k7f3q9")
    page.text_area[0].set_value("**try** a set")
    press(page, "Give the hint")
    assert [hint.text for hint in store.catalogue.hints("k7f3q9")] == ["**try** a set"]
    assert "**try** a set" in [code.value for code in page.code]


def test_a_hint_is_not_lost_when_somebody_else_gives_one_meanwhile(open_page: Opener, store: SqlStore) -> None:
    store.queue.enqueue(a_run(a_problem(), status=RunStatus.QUEUED), Ticket())
    page = open_page("run", id="k7f3q9")
    store.queue.add_hint("k7f3q9", "ann", "try a dict")
    page.text_area[0].set_value("try a set")
    press(page, "Give the hint")
    assert [hint.text for hint in store.catalogue.hints("k7f3q9")] == ["try a dict", "try a set"]
    assert page.text_area[0].value == ""


@pytest.mark.parametrize("why", ["over", "imported", "rules only"])
def test_where_nobody_would_heed_a_hint_none_is_asked_for(open_page: Opener, store: SqlStore, why: str) -> None:
    run = a_run(a_problem(), status=RunStatus.QUEUED)
    rules = replace(run.backends, proposers=(BackendSpec(name="rules", options={}),))
    store.queue.enqueue(replace(run, backends=rules) if why == "rules only" else run, Ticket())
    if why == "over":
        store.queue.cancel(run.id)
    if why == "imported":
        with store.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE runs SET imported = true")
    assert "Give the hint" not in labels(open_page("run", id=run.id), "button")


@pytest.mark.parametrize("number", [0, 2, 6, 8])
def test_every_candidate_shows_its_verdict_and_why(open_page: Opener, store: SqlStore, number: int) -> None:
    record = a_successful_record()
    remember(store, record)
    said = words_of(open_page("candidate", id="k7f3q9", number=str(number)))
    assert str(record.candidates[number].verdict) in said
    if number == 2:
        assert "test_order - AssertionError" in said


def test_a_check_that_failed_is_shown_with_the_input_that_shows_it(open_page: Opener, store: SqlStore) -> None:
    failed = a_candidate(1, Verdict.BEHAVIOUR_CHANGED, failure="returned 1, now 2")
    check = CheckResult(check="replay", passed=False, reason="returned 1, now 2", witness="tally(['Ä'])")
    remember(store, a_record(replace(failed, evaluation=Evaluation(failure=check))))
    page = open_page("candidate", id="k7f3q9", number="1")
    assert "✕ replay" in words_of(page)
    assert {"returned 1, now 2", "tally(['Ä'])"} <= {code.value for code in page.code}


def test_a_confirmed_candidate_has_its_charts(open_page: Opener, store: SqlStore) -> None:
    remember(store, a_successful_record())
    page = open_page("candidate", id="k7f3q9", number="8")
    assert len(page.get("plotly_chart")) == 5


def test_a_change_can_be_seen_side_by_side(open_page: Opener, store: SqlStore) -> None:
    remember(store, a_successful_record())
    page = open_page("candidate", id="k7f3q9", number="8", view="side by side")
    before, after = (code.value for code in page.code if code.value.startswith("# line"))
    assert len(before.split("\n")) == len(after.split("\n"))
    assert "+     wanted = frozenset(wanted)" in after


@pytest.mark.parametrize("page", ["runs", "run", "candidate", "compare"])
@pytest.mark.parametrize("number", [1, 3])
def test_hostile_text_is_shown_and_does_nothing(open_page: Opener, store: SqlStore, page: str, number: int) -> None:
    remember(store, a_hostile_record())
    remember(store, a_hostile_record(), run_id="other")
    remember_saying(store, "k7f3q9", number, HOSTILE)
    said = words_of(open_page(page, id="k7f3q9", number=str(number), ids="k7f3q9 other"))
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert len(said) < 500_000
    assert ("⟨U+202E⟩gnp.exe" in said) == (page in {"run", "candidate"})
    assert ("more characters" in said) == (page == "candidate")


def test_compared_runs_stand_beside_each_other(open_page: Opener, store: SqlStore) -> None:
    remember(store, a_successful_record())
    other = a_record(a_candidate(1, Verdict.NOT_FASTER), run=replace(a_run(a_problem()), id="other"))
    remember(store, other)
    page = open_page("compare", ids="k7f3q9 other")
    assert list(page.dataframe[0].value["run"]) == ["k7f3q9", "other"]
    assert len(page.get("plotly_chart")) == 3
    assert "Give two or more" in words_of(open_page("compare"))


def test_compared_runs_say_where_they_stand(open_page: Opener, store: SqlStore) -> None:
    for status in (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.FAILED):
        remember(store, a_record(run=a_run(a_problem(), status=status)), run_id=f"{status}1")
    page = open_page("compare", ids="queued1 running1 failed1")
    assert list(page.dataframe[0].value["status"]) == ["… queued", "▶ running", "✕ failed"]
    assert "Confirmed speedups" not in words_of(page)


@pytest.mark.parametrize(
    ("differs", "words"),
    [
        ({"workloads": a_problem(workloads=("python other.py",)).workloads}, "differ in their workloads"),
        ({"tests": "true", "setup": ()}, "differ in their tests, setup"),
        ({"min_speedup": 1.5}, ""),
    ],
)
def test_runs_of_different_problems_are_said_not_to_compare(
    open_page: Opener, store: SqlStore, differs: dict[str, Any], words: str
) -> None:
    remember(store, a_successful_record())
    store.create(replace(a_run(replace(a_problem(), **differs)), id="other"))
    said = words_of(open_page("compare", ids="k7f3q9 other"))
    assert ("differ in" in said) == bool(words)
    assert words in said


def test_compared_runs_that_are_worked_on_are_shown_as_they_are_now(open_page: Opener, store: SqlStore) -> None:
    for run_id in ("aaaa", "bbbb"):
        store.queue.enqueue(replace(a_run(a_problem(), status=RunStatus.QUEUED), id=run_id), Ticket())
    page = open_page("compare", ids="aaaa bbbb")
    store.queue.cancel("bbbb")
    assert list(page.run().dataframe[0].value["status"]) == ["… queued", "■ cancelled"]


def test_a_candidate_without_a_verdict_is_shown_again_when_it_has_one(open_page: Opener, store: SqlStore) -> None:
    record = a_successful_record()
    run = replace(record.run, status=RunStatus.QUEUED)
    store.queue.enqueue(run, Ticket())
    proposed = replace(record.candidates[0], evaluation=None, decision=None)
    store.history(run.id).propose(proposed)
    page = open_page("candidate", id=run.id, number="0")
    assert "being evaluated" in words_of(page)
    decided = record.candidates[0]
    assert decided.evaluation is not None
    assert decided.decision is not None
    store.history(run.id).decide(0, decided.evaluation, decided.decision)
    assert "baseline" in words_of(page.run())


def test_a_batch_shows_how_far_it_has_come(open_page: Opener, store: SqlStore) -> None:
    store.queue.enqueue(a_run(a_problem(), status=RunStatus.QUEUED), Ticket(batch="night"))
    assert labels(open_page("batches"), "page_link") == ["night"]
    page = open_page("batches", batch="night")
    assert "confirmed faster 0 of 1" in words_of(page)
    assert "there is no batch" in words_of(open_page("batches", batch="nights"))


def test_a_batch_counts_its_runs_by_status_and_shows_what_came_of_them(open_page: Opener, store: SqlStore) -> None:
    remember(store, a_successful_record())
    for status in (RunStatus.RUNNING, RunStatus.FAILED):
        remember(store, a_record(run=a_run(a_problem(), status=status)), run_id=f"{status}1")
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE runs SET batch = 'night'")
    page = open_page("batches", batch="night")
    said = words_of(page)
    for words in ("▶ running 1", "✓ finished 1", "✕ failed 1", "confirmed faster 1 of 3", "of them 2.31×"):
        assert words in said
    assert len(page.get("plotly_chart")) == 1


def test_a_batch_of_more_runs_than_a_page_shows_says_so_and_counts_all(open_page: Opener, store: SqlStore) -> None:
    runs = [replace(a_run(a_problem(), status=RunStatus.QUEUED), id=f"{at:010x}") for at in range(501)]
    with store.engine.begin() as connection:
        connection.execute(insert(RunRow), [run_row(run) | {"batch": "night"} for run in runs])
    said = words_of(open_page("batches", batch="night"))
    assert "Of its 501 runs the newest 500 are shown" in said
    assert "confirmed faster 0 of 501" in said


@pytest.mark.parametrize("batch", ["", "other"])
def test_a_hand_in_that_was_cut_off_is_found_again_and_other_fields_are_another_run(
    open_page: Opener, store: SqlStore, repository: str, monkeypatch: pytest.MonkeyPatch, batch: str
) -> None:
    def cut_off(*given: Any, **named: Any) -> str:
        hand_in(*given, **named)
        raise ConfigError("cut off")

    page = open_page("submit")
    page.text_input(key="repository").set_value(repository).run()
    with monkeypatch.context() as patching:
        patching.setattr("webui.handing_in.hand_in", cut_off)
        press(page, "Hand in")
        assert "cut off" in words_of(page)
    page.text_input(key="batch").set_value(batch).run()
    press(page, "Hand in")
    assert [run.batch for run in store.catalogue.page(RunFilter()).runs] == ([batch, ""] if batch else [""])


def test_what_is_detected_fills_the_fields_and_is_forgotten_with_the_repository(
    open_page: Opener, repository: str
) -> None:
    page = open_page("submit")
    assert not page.expander[0].proto.expanded
    page.text_area(key="setup").set_value("true").run()
    page.text_input(key="repository").set_value(repository).run()
    press(page, "Look at the repository")
    assert page.expander[0].proto.expanded
    assert page.text_input(key="tests").value == "python -m unittest -q"
    assert page.text_area(key="editable").value.startswith("work.py")
    assert page.text_input(key="min_speedup").value == "1.01"
    page.text_area(key="editable").set_value("*.py").run()
    page.text_input(key="repository").set_value("https://example.org/other.git").run()
    assert [page.text_area(key=name).value for name in ("setup", "editable", "workload")] == ["true", "*.py", ""]
    assert page.text_input(key="tests").value == ""
    assert page.text_input(key="min_speedup").value == ""


@pytest.mark.parametrize(("asked", "words"), [(0, "there is no estimate"), (2, "About \\$7.50 if")])
def test_the_form_estimates_what_a_model_will_cost(open_page: Opener, store: SqlStore, asked: int, words: str) -> None:
    store.create(a_run(a_problem()))
    for number in range(asked):
        call = replace(a_call(str(number)), model="gpt-x", candidate=number, dollars=0.25)
        store.ledger("k7f3q9").record(call)
    page = open_page("submit")
    page.multiselect(key="proposers").set_value(["openai"]).run()
    page.text_input(key="model").set_value("gpt-x").run()
    assert words in words_of(page)


def test_without_a_number_of_candidates_the_form_estimates_those_that_are_tried_then(
    open_page: Opener, store: SqlStore
) -> None:
    store.create(a_run(a_problem()))
    store.ledger("k7f3q9").record(replace(a_call(), model="gpt-x", dollars=0.25))
    page = open_page("submit")
    page.multiselect(key="proposers").set_value(["openai"]).run()
    page.text_input(key="model").set_value("gpt-x").run()
    page.text_input[_labelled(page, "Candidates")].set_value("").run()
    said = words_of(page)
    assert f"About \\${DEFAULT_CANDIDATES * 0.25:.2f} if" in said
    assert f"{DEFAULT_CANDIDATES} are tried at most" in said


def test_where_no_proposer_is_chosen_the_form_speaks_of_those_of_the_server(
    open_page: Opener, service: Service
) -> None:
    paid = replace(service, settings=replace(service.settings, openai_api_key="secret"))
    for served, words in ((service, "Costs no money"), (paid, "A model that costs money may be asked")):
        page = open_page("submit", served=served)
        page.multiselect(key="proposers").set_value([]).run()
        assert words in words_of(page)


def test_the_system_says_when_nobody_works(open_page: Opener, store: SqlStore) -> None:
    assert "No worker is alive" in words_of(open_page("system"))
    now = datetime.now(UTC)
    store.queue.report_worker(WorkerState(name="w1", machine="m", release="1", started_at=now, seen_at=now))
    assert list(open_page("system").dataframe[0].value["worker"]) == ["w1"]


def test_the_system_shows_what_models_have_cost_day_by_day(open_page: Opener, store: SqlStore) -> None:
    assert "No model was asked" in words_of(open_page("system"))
    store.create(a_run(a_problem()))
    store.ledger("k7f3q9").record(replace(a_call(), asked_at=datetime.now(UTC)))
    assert len(open_page("system").get("plotly_chart")) == 1


def test_the_machine_is_examined_when_that_is_asked_for(open_page: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    finding = Finding(subject="memory limit", health=Health.MISSING, detail="no cgroup", remedy="delegate one")
    section = Section(title="bubblewrap", need=Need.ONE, findings=(finding,))
    monkeypatch.setattr("worker.doctor.examine", lambda *_: Checkup(sections=(section,)))
    page = open_page("system")
    press(page, "Examine")
    (found,) = (table.value for table in page.dataframe if "health" in table.value)
    (row,) = found.to_dict("records")
    assert [row["health"], row["what"], row["remedy"]] == ["✕ missing", "memory limit", "delegate one"]


def test_the_public_may_look_at_runs_but_not_at_what_models_were_asked(
    open_page: Opener, store: SqlStore, service: Service
) -> None:
    remember(store, a_successful_record())
    page = open_page("runs", is_open=False, served=replace(service, public_read=True))
    assert len(page.dataframe) == 1
    assert "public, may read" in words_of(page)
    page.switch_page("screens/candidate.py")
    page.query_params.update({"id": "k7f3q9", "number": "8"})
    said = words_of(page.run())
    assert "Candidate 8" in said
    assert "shown to those with a token only" in said


def test_whoever_has_no_token_sees_the_entrance_only(open_page: Opener, store: SqlStore) -> None:
    remember(store, a_successful_record())
    page = open_page("runs", is_open=False)
    assert not page.dataframe
    page.text_input[0].set_value("ps_guess")
    page.button[0].click().run()
    assert "there is no such token" in words_of(page)


class Person(dict[str, object]):
    """Who signed in with an identity provider, as Streamlit tells it."""

    is_logged_in = True


@pytest.mark.parametrize(
    ("claims", "may"),
    [
        ({"email": "ann@example.org", "email_verified": True}, Scope.ADMIN),
        ({"email": "bob@example.org", "email_verified": True}, Scope.READ),
        ({"email": "ann@example.org"}, Scope.READ),
        ({"email": "ann@example.org", "email_verified": "true"}, Scope.READ),
        ({"email": "ann@example.org", "email_verified": False}, None),
        ({"email_verified": True}, None),
    ],
)
def test_who_signs_in_may_do_what_the_token_of_the_verified_address_allows(
    open_page: Opener, store: SqlStore, monkeypatch: pytest.MonkeyPatch, claims: dict[str, object], may: Scope | None
) -> None:
    store.keyring.add(mint("ann@example.org", Scope.ADMIN, expires_in=None).token)
    monkeypatch.setattr(entrance, "_has_login", lambda: True)
    monkeypatch.setattr("streamlit.user", Person(claims))
    said = words_of(open_page("runs", is_open=False))
    assert ("identity provider gives no verified" in said) == (may is None)
    assert (f"may {may}" in said) == (may is not None)


def entered(open_page: Opener, store: SqlStore, scope: Scope, name: str, **query: str) -> tuple[AppTest, str]:
    """A page for ann, who has given a token; and its secret."""
    minted = mint("ann", scope, expires_in=None)
    store.keyring.add(minted.token)
    page = open_page("runs", is_open=False)
    page.text_input[0].set_value(minted.secret)
    page.button[0].click().run()
    page.switch_page(f"screens/{name}.py")
    page.query_params.update(query)
    return page.run(), minted.secret


def test_nothing_is_downloaded_with_a_token_that_was_revoked_since(
    open_page: Opener, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: dict[str, Callable[[], bytes | str]] = {}

    def keep(label: str, data: Callable[[], bytes | str], *_: object, **__: object) -> None:
        offered[label] = data

    monkeypatch.setattr("streamlit.download_button", keep)
    remember(store, a_successful_record())
    for name in ("candidate", "run"):
        entered(open_page, store, Scope.READ, name, id="k7f3q9", number="8")
        assert PATCH.encode() == offered["Patch"]()
        store.keyring.revoke("ann")
        for make in offered.values():
            with pytest.raises(RefusedError, match="may no longer look"):
                make()
    assert len(offered) == 3


@pytest.mark.parametrize("scope", list(Scope))
def test_a_token_opens_what_its_scope_allows(open_page: Opener, store: SqlStore, scope: Scope) -> None:
    run = a_run(a_problem(), status=RunStatus.QUEUED)
    store.queue.enqueue(run, Ticket(owner="bob"))
    page, secret = entered(open_page, store, scope, "run", id=run.id)
    assert ("Cancel" in [button.label for button in page.button]) == (scope is Scope.ADMIN)
    store.keyring.revoke("ann")
    page.run()
    assert "Token" in [field.label for field in page.text_input]
    assert secret not in str(page.query_params)
