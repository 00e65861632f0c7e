"""An endpoint that misbehaves: every case ends in a recorded candidate or a clear error, and the budget holds."""

import json
import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.fakes.model_server import ModelServer, Response, completion, refusal
from tests.story.answers import DIRECTIONS, FASTER, FORBIDDEN, NOT_APPLYING, RAMBLING, block
from tests.story.conftest import COUNTED, Ended, User, make_repository

KEY = "sk-of-the-user"
GOOD = completion(FASTER)
NO_CHOICES = {"id": "x", "object": "chat.completion", "created": 0, "model": "m", "choices": []}


@dataclass(frozen=True, kw_only=True)
class Misbehaviour:
    """What the endpoint answers to the question for one candidate, and when it is asked again."""

    answers: tuple[Response, ...]
    verdict: str = "invalid patch"


def once(answer: Response, verdict: str = "invalid patch") -> Misbehaviour:
    """An answer that is paid for: nobody asks again."""
    return Misbehaviour(answers=(answer,), verdict=verdict)


def twice(answer: Response, verdict: str = "invalid patch") -> Misbehaviour:
    """The same when it is asked again: a failure of the endpoint's, or an edit that the model may mend."""
    return Misbehaviour(answers=(answer, answer), verdict=verdict)


def improved(calls: int) -> str:
    """A right answer whenever `calls` are what the loop makes."""
    return block(f"        for _ in range({calls}):\n", f"        for _ in range({calls - 1}):\n")


MISBEHAVIOUR = {
    "429 for ever": twice(refusal(429, headers=(("retry-after", "0"),))),
    "500 for ever": twice(refusal(500)),
    "edits that do not apply": twice(completion(NOT_APPLYING)),
    "cut JSON": once(replace(GOOD, body=GOOD.body[: len(GOOD.body) // 2])),
    "cut connection": twice(replace(GOOD, cut=True)),
    "edits to tests": twice(completion(FORBIDDEN)),
    "time-out mid-stream": twice(replace(GOOD, stall_seconds=4)),
    "time-out before the headers": twice(replace(GOOD, delay_seconds=4)),
    "1 MB answer": once(completion("x" * 2**20)),
    "no JSON": once(Response(body=b"<html>gateway</html>")),
    "empty choices": once(Response(body=json.dumps(NO_CHOICES).encode())),
    "no edits": once(completion(RAMBLING)),
    "no content": once(completion(None)),
    "429 once": Misbehaviour(answers=(refusal(429, headers=(("retry-after", "0"),)), GOOD), verdict="accepted"),
    "no usage": once(completion(improved(4), usage=None), "accepted"),
    "absurd usage": once(
        completion(improved(3), usage={"prompt_tokens": -5, "completion_tokens": 10**12}), "confirmed"
    ),
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "tiny", COUNTED)


def optimize(user: User, model: ModelServer, *arguments: str) -> Ended:
    user = replace(user, variables={"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": model.url})
    options = (
        "model=m",
        "timeout_seconds=1",
        "patience_seconds=1",
        "directions=0",
        "input_dollars_per_million=1",
        "output_dollars_per_million=2",
    )
    given = [part for option in options for part in ("--option", f"openai.{option}")]
    return user.perfsmith("optimize", "--json", *given, *arguments)


def test_every_misbehaviour_ends_in_a_recorded_candidate(user: User, model: ModelServer) -> None:
    model.play(*(answer for each in MISBEHAVIOUR.values() for answer in each.answers))
    ended = optimize(user, model, "--candidates", str(len(MISBEHAVIOUR)), "--dollars", "5")
    assert ended.status == 0, ended.stderr
    proposed = [c for c in ended.json["candidates"] if c["proposer"] != "minimise"]
    found = dict(zip(MISBEHAVIOUR, (c["verdict"] for c in proposed), strict=True))
    assert found == {name: each.verdict for name, each in MISBEHAVIOUR.items()}
    assert all(candidate["reason"] for candidate in proposed)
    assert ended.json["dollars"] <= 5


@pytest.mark.parametrize("dollars", ["0", "0.004", "0.02"])
def test_the_budget_holds_to_the_cent(user: User, model: ModelServer, dollars: str) -> None:
    usage = {"prompt_tokens": 2000, "completion_tokens": 250}
    model.play(completion(NOT_APPLYING, usage=usage))
    ended = optimize(user, model, "--candidates", "50", "--dollars", dollars)
    billed = len(model.requests) * (2000 * 1 + 250 * 2) / 1e6
    assert ended.status == 0, ended.stderr
    assert billed <= float(dollars)
    assert ended.json["dollars"] == pytest.approx(billed)


def test_a_dollar_budget_without_a_price_says_which_options_to_set(user: User, model: ModelServer) -> None:
    user = replace(user, variables={"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": model.url})
    ended = user.perfsmith("optimize", "--option", "openai.model=unheard-of", "--dollars", "1")
    assert ended.status == 2
    assert "input_dollars_per_million" in ended.stderr
    assert not model.requests


def test_every_question_and_answer_is_kept(user: User, model: ModelServer) -> None:
    model.play(completion(RAMBLING), completion(FASTER))
    ended = optimize(user, model, "--candidates", "2")
    with sqlite3.connect(user.home / "perfsmith.db") as database:
        kept = database.execute("select count(*) from model_calls where run_id = ?", (ended.json["run_id"],)).fetchone()
    database.close()
    assert kept == (len(model.requests),)


def test_directions_are_asked_for_first_and_an_edit_for_each(user: User, model: ModelServer) -> None:
    model.play(completion(DIRECTIONS), completion(NOT_APPLYING))
    user = replace(user, variables={"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": model.url})
    user.perfsmith("optimize", "--option", "openai.model=m", "--candidates", "2", "--json")
    asked = [request["messages"][1]["content"] for request in model.requests]
    assert "numbered list" in asked[0]
    assert "Direction 1" in asked[1]
    assert "Direction 2" in asked[3]
