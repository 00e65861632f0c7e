"""A run for machines."""

import json
import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import NoReturn

import pytest

from core.candidate import Verdict
from core.measurement import Speedup
from core.output import OutputRule
from core.queue import Hint
from core.run import Record, RunStatus
from tests.fakes.records import (
    FOUND,
    SUSPICIOUS,
    WORKLOADS,
    a_candidate,
    a_hostile_record,
    a_judge_record,
    a_minimised_record,
    a_problem,
    a_record,
    a_run,
    a_successful_record,
)
from worker.report.machine import everything, refusal, summary, to_json


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _strictly(text: str) -> dict[str, object]:
    text.encode("ascii")
    found = json.loads(text, parse_constant=_refuse)
    json.dumps(found, ensure_ascii=False).encode("utf-8")  # refuses lone surrogates
    assert isinstance(found, dict)
    return found


def test_the_summary_of_a_success_names_patch_speedup_and_candidates() -> None:
    found = summary(a_successful_record(workloads=WORKLOADS), patch="out/patch.diff")

    assert found["verdict"] == "confirmed"
    assert found["status"] == "finished"
    assert found["speedup"] == {"estimate": 2.312, "low": 2.248, "high": 2.379}
    assert found["workloads"] == dict.fromkeys(WORKLOADS, found["speedup"])
    assert found["patch"] == "out/patch.diff"
    candidates = found["candidates"]
    assert isinstance(candidates, list)
    assert [candidate["number"] for candidate in candidates] == list(range(1, 9))
    assert candidates[1]["verdict"] == "tests failed"
    assert candidates[1]["speedup"] is None


def test_pairs_of_search_confirmation_and_baseline_are_counted() -> None:
    record = a_record(a_candidate(1, Verdict.CONFIRMED, speedup=FOUND))

    assert summary(record)["pairs"] == 19 + 9 + 15


def test_a_search_without_a_find_is_not_faster() -> None:
    found = summary(a_record(a_candidate(1, Verdict.ACCEPTED, speedup=FOUND)))

    assert (found["verdict"], found["speedup"], found["patch"]) == ("not faster", None, None)


@pytest.mark.parametrize("status", [RunStatus.FAILED, RunStatus.CANCELLED])
def test_a_run_that_did_not_finish_has_no_verdict_but_a_reason(status: RunStatus) -> None:
    found = summary(a_record(run=a_run(a_problem(), status=status, error="no space left")))

    assert found["verdict"] is None
    assert found["reason"]
    assert found["error"] == "no space left"


def test_a_judge_run_has_the_verdict_on_its_patch_and_no_candidates() -> None:
    found = summary(a_judge_record(Verdict.TESTS_FAILED, reason="test_a fails"))

    assert (found["verdict"], found["reason"], found["speedup"]) == ("tests failed", "test_a fails", None)
    assert "candidates" not in found


def test_what_is_infinite_becomes_null() -> None:
    found = summary(a_judge_record(Verdict.NOT_FASTER, speedup=Speedup(estimate=1.5, low=0.0, high=math.inf)))

    assert found["speedup"] == {"estimate": 1.5, "low": 0.0, "high": None}
    _strictly(to_json(found))


@pytest.mark.parametrize(
    "record", [a_hostile_record(), a_successful_record(), a_record(), Record(run=a_run(a_problem()))]
)
def test_whatever_was_written_the_json_is_strict(record: Record) -> None:
    assert _strictly(to_json(everything(record)))["run_id"] == "k7f3q9"
    _strictly(to_json(summary(record)))


def test_run_json_holds_the_request_and_every_sample() -> None:
    found = _strictly(to_json(everything(a_successful_record())))

    assert {"problem", "backends", "budget", "seed", "created_at"} < found.keys()
    history = found["history"]
    assert isinstance(history, list)
    pair = history[8]["confirmation"]["timings"][0]["pairs"][0]
    assert pair["original"]["wall_seconds"] > pair["candidate"]["wall_seconds"] > 0


def test_run_json_holds_what_people_said_to_the_search() -> None:
    hint = Hint(number=1, at=datetime(2026, 11, 21, 15, tzinfo=UTC), author="ada", text="try a set")
    found = _strictly(to_json(everything(replace(a_successful_record(), hints=(hint,)))))
    assert found["hints"] == [{"number": 1, "at": "2026-11-21T15:00:00+00:00", "author": "ada", "text": "try a set"}]


def test_a_refused_request_has_the_keys_of_a_judge_runs_summary() -> None:
    found = refusal("no such repository: x")

    assert found.keys() == summary(a_judge_record(Verdict.TESTS_FAILED)).keys()
    assert (found["status"], found["verdict"], found["error"]) == ("failed", None, "no such repository: x")


def test_the_places_of_the_winner_s_patch_to_look_at_are_data() -> None:
    found = summary(a_record(a_candidate(1, Verdict.CONFIRMED, speedup=FOUND, patch=SUSPICIOUS)))["look_at"]
    assert isinstance(found, list)
    assert [(each["path"], each["line"], each["construct"]) for each in found] == [
        ("src/tally/core.py", 2, "state in the module"),
        ("src/tally/core.py", 12, "early end"),
    ]
    assert summary(a_record())["look_at"] == []


def test_what_minimising_left_out_is_told_as_data() -> None:
    candidates = summary(a_minimised_record())["candidates"]
    assert isinstance(candidates, list)
    larger, smaller = candidates

    assert larger["left_out"] == []
    assert [(each["first"], each["added"], each["whole"], each["formatting"]) for each in smaller["left_out"]] == [
        (3, 1, False, False),
        (7, 1, True, True),
    ]


def test_the_rule_for_outputs_is_said_as_its_user_wrote_it() -> None:
    problem = replace(a_problem(), output=OutputRule.parse("json:1e-9"))
    found = everything(a_record(run=a_run(problem)))
    assert isinstance(found["problem"], dict)
    assert found["problem"]["output"] == "json:1e-09"
