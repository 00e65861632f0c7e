import json
import logging
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, NoReturn

import pytest

from agent.proposers.openai import OpenAI, Server
from core import patch as patches
from core.candidate import Proposal, Verdict
from core.errors import ConfigError, ProposalError
from core.proposing import Brief
from core.spend import NOTHING, Budget
from tests.agent.proposers.words import BAD_EDIT, GOOD_EDIT, LIST, PATH, SLOW, MemoryLedger, a_brief, tried
from tests.fakes.model_server import ModelServer, Response, completion, refusal, serving

KEY = "sk-very-secret"
EDIT = completion(GOOD_EDIT)
INPUT_PRICE, OUTPUT_PRICE = 3.0, 15.0
TWO_ATTEMPTS = {"patience_seconds": 0.3, "longest_wait_seconds": 60.0}
"""The patience ends while the second one is waited for."""


def asking(server: ModelServer, **options: Any) -> OpenAI:
    given = {
        "model": "m",
        "base_url": server.url,
        "api_key": KEY,
        "longest_wait_seconds": 0.01,
        "timeout_seconds": 5.0,
        "input_dollars_per_million": INPUT_PRICE,
        "output_dollars_per_million": OUTPUT_PRICE,
        "directions": 0,
        **options,
    }
    return OpenAI(**given)


def failed(proposer: OpenAI, brief: Brief, ledger: MemoryLedger) -> ProposalError:
    with pytest.raises(ProposalError) as caught:
        proposer.propose(brief, ledger)
    assert caught.value.spend.dollars == pytest.approx(ledger.dollars)
    return caught.value


def proposed(proposer: OpenAI, brief: Brief, ledger: MemoryLedger) -> Proposal:
    proposal = proposer.propose(brief, ledger)
    assert proposal is not None
    return proposal


def test_directions_are_asked_for_first_and_then_an_edit(server: ModelServer, ledger: MemoryLedger) -> None:
    server.play(completion(LIST), EDIT)
    proposal = proposed(asking(server, directions=3), a_brief(), ledger)
    assert ledger.purposes == ["directions", "edit"]
    assert proposal.direction == "Use a set in shared"
    assert proposal.rationale == "A set answers membership at once."
    assert "set(wanted)" in (patches.apply(proposal.patch, a_brief().sources)[PATH] or "")
    assert proposal.spend.tokens == 2 * 790
    assert proposal.spend.dollars == pytest.approx(2 * (700 * INPUT_PRICE + 90 * OUTPUT_PRICE) / 1e6)


def test_the_same_brief_gives_the_same_proposal_without_a_second_request(
    server: ModelServer, ledger: MemoryLedger
) -> None:
    server.play(completion(LIST), completion(BAD_EDIT), EDIT)
    proposer = asking(server, directions=3)
    first = proposed(proposer, a_brief(), ledger)
    assert proposed(proposer, a_brief(), ledger) == first
    assert len(server.requests) == 3


def test_an_error_is_recalled_as_the_same_error(server: ModelServer, ledger: MemoryLedger) -> None:
    server.play(completion(None))
    proposer = asking(server)
    first = failed(proposer, a_brief(), ledger)
    again = failed(proposer, a_brief(), ledger)
    assert (str(first), first.spend, first.direction) == (str(again), again.spend, again.direction)
    assert len(server.requests) == 1


def test_each_candidate_takes_the_next_direction_of_one_list(server: ModelServer, ledger: MemoryLedger) -> None:
    server.play(completion(LIST), EDIT)
    proposer = asking(server, directions=3)
    history = [a_brief().history[0]]
    for number in (1, 2, 3):
        proposal = proposed(proposer, a_brief(history=history), ledger)
        history.append(tried(number, proposer.name, proposal.direction, reason="the same", patch=proposal.patch))
    assert [c.proposal.direction for c in history[1:]] == [line[3:] for line in LIST.splitlines()]
    assert ledger.purposes == ["directions", "edit", "edit", "edit"]


def test_directions_are_known_again_whatever_verdicts_came_after_they_were_asked_for(
    server: ModelServer, ledger: MemoryLedger
) -> None:
    server.play(completion("1. first"), EDIT, completion(LIST), EDIT)
    proposer = asking(server, directions=3)
    first = tried(1, proposer.name, "first", reason="assert 3 == 4")
    pending = replace(first, decision=None)
    history = [*a_brief().history, pending]
    assert proposed(proposer, a_brief(), ledger).direction == "first"
    second = proposed(proposer, a_brief(history=history), ledger)
    known = [*a_brief().history, first, tried(2, proposer.name, second.direction)]
    assert proposed(proposer, a_brief(history=known), ledger).direction == "Use a comprehension in shared"
    assert ledger.purposes == ["directions", "edit", "directions", "edit", "edit"]


def test_an_answer_about_one_parent_is_none_about_another(server: ModelServer, ledger: MemoryLedger) -> None:
    server.play(completion("1. for the baseline"), EDIT, completion("1. for its child"), completion(BAD_EDIT))
    proposer = asking(server, directions=3)
    child = tried(1, "somebody", "x")
    brief = a_brief(history=[*a_brief().history, child])
    assert proposed(proposer, brief, ledger).direction == "for the baseline"
    with pytest.raises(ProposalError):
        proposer.propose(replace(brief, parent=child), ledger)
    assert ledger.purposes[:4] == ["directions", "edit", "directions", "edit"]


def test_used_up_directions_are_followed_by_new_ones_that_know_the_history(
    server: ModelServer, ledger: MemoryLedger
) -> None:
    server.play(completion("1. only one"), EDIT, completion("1. Only one\n2. another"), EDIT)
    proposer = asking(server, directions=3)
    brief = a_brief(history=[*a_brief().history, tried(1, proposer.name, "only one", reason="assert 3 == 4")])
    proposed(proposer, a_brief(), ledger)
    assert proposed(proposer, brief, ledger).direction == "another"
    asked = server.requests[2]["messages"][1]["content"]
    assert "assert 3 == 4" in asked
    assert "These directions are used up: only one" in asked


def test_the_end_comes_when_all_rounds_of_directions_are_used_up(server: ModelServer, ledger: MemoryLedger) -> None:
    proposer = asking(server, rounds=1)
    history = [*a_brief().history, *(tried(number, proposer.name, "x") for number in range(1, 6))]
    assert proposer.propose(a_brief(history=history), ledger) is None
    assert server.requests == []


def test_a_server_that_never_answers_ends_the_proposals_too(server: ModelServer, ledger: MemoryLedger) -> None:
    server.play(refusal(429))
    proposer = asking(server, directions=3, rounds=2, patience_seconds=0.0)
    history = [a_brief().history[0]]
    for number in (1, 2):
        error = failed(proposer, a_brief(history=history), ledger)
        history.append(tried(number, proposer.name, error.direction, reason=str(error)))
    assert proposer.propose(a_brief(history=history), ledger) is None


def test_a_busy_server_is_asked_again(server: ModelServer, ledger: MemoryLedger) -> None:
    server.play(refusal(429), refusal(503, headers=(("Retry-After", "3600"),)), EDIT)
    assert proposed(asking(server), a_brief(), ledger).patch
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_stays_busy_costs_nothing(status: int, server: ModelServer, ledger: MemoryLedger) -> None:
    server.play(refusal(status))
    error = failed(asking(server, **TWO_ATTEMPTS), a_brief(), ledger)
    assert f"after 2 attempts: status {status}" in str(error)
    assert error.spend.tokens == 0
    assert error.direction.startswith("a better algorithm")


def test_retry_after_is_honoured_from_a_second_to_the_longest_wait(server: ModelServer) -> None:
    waits: list[float] = []
    endpoint = Server(
        base_url=server.url,
        api_key="",
        timeout_seconds=5,
        patience_seconds=3600,
        longest_wait_seconds=30,
        sleep=waits.append,
    )
    asked_for = ["7", "3600", "Mon, 01 Jan 2001 00:00:00 GMT", "soon", "nan"]
    server.play(*(refusal(503, headers=(("Retry-After", value),)) for value in asked_for), EDIT)
    assert endpoint.send({"model": "m", "messages": []}).error == ""
    assert waits == [7, 30, 1, 8, 15]


@pytest.mark.parametrize(
    ("response", "words"),
    [
        (Response(body=EDIT.body[:60]), "is no JSON"),
        (Response(body=b"[" * 100_000), "is no JSON"),
        (Response(body=b"<html>gateway</html>"), "is no JSON: <html>gateway"),
        (Response(body=b""), "is no JSON"),
        (Response(body=b'{"choices": []}'), "no choices"),
        (Response(body=b'{"error": {"message": "out of memory"}}'), "out of memory"),
        (Response(body=b'{"choices": [null], "usage": 3}'), "content is empty"),
        (completion(None), "content is empty"),
        (completion(None, refusal="I can't help"), "refused: I can't help"),
        (completion("", finish="length"), "cut off at the limit"),
        (completion("x" * 1_000_000), "longer than 500000 bytes"),
        (completion("Let us leave it."), "holds no edit: Let us leave it."),
        (refusal(400, message="temperature is not supported"), "temperature is not supported"),
    ],
)
def test_an_unusable_answer_is_recorded_and_not_repaired(
    response: Response, words: str, server: ModelServer, ledger: MemoryLedger
) -> None:
    server.play(response)
    assert words in str(failed(asking(server), a_brief(), ledger))
    assert ledger.purposes == ["edit"]
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "lost",
    [replace(EDIT, delay_seconds=0.6), replace(EDIT, stall_seconds=0.6), replace(EDIT, cut=True)],
    ids=["before the headers", "in the middle", "broken off"],
)
def test_a_lost_answer_is_asked_for_again_and_counted_as_billed(
    lost: Response, server: ModelServer, ledger: MemoryLedger
) -> None:
    server.play(lost, EDIT)
    proposal = proposed(asking(server, timeout_seconds=0.3, max_output_tokens=1000), a_brief(), ledger)
    assert len(server.requests) == 2
    assert proposal.spend.tokens > 1000 + 790


def test_answers_lost_forever_end_in_an_error_with_their_cost(server: ModelServer, ledger: MemoryLedger) -> None:
    server.play(replace(EDIT, stall_seconds=0.6))
    error = failed(asking(server, timeout_seconds=0.2, max_output_tokens=1000), a_brief(), ledger)
    assert "after 5 attempts: timed out" in str(error)
    assert error.spend.tokens > 5 * 1000


def test_a_server_out_of_reach_costs_nothing(server: ModelServer, ledger: MemoryLedger) -> None:
    error = failed(asking(server, base_url="http://127.0.0.1:9/v1", **TWO_ATTEMPTS), a_brief(), ledger)
    assert "no answer from http://127.0.0.1:9/v1 after 2 attempts" in str(error)
    assert error.spend.tokens == 0


def test_a_server_that_is_away_for_a_while_is_waited_for(
    ledger: MemoryLedger, caplog: pytest.LogCaptureFixture
) -> None:
    with ModelServer() as gone:
        port = gone.server_address[1]
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(asking(gone, longest_wait_seconds=0.1).propose, a_brief(), ledger)
        while "no answer from" not in caplog.text:
            assert not answer.done()
            time.sleep(0.01)
        with ModelServer(port) as back, serving(back):
            back.play(EDIT)
            proposal = answer.result()
    assert proposal is not None
    assert proposal.patch
    assert [call.error for call in ledger.calls.values()] == [""]


def test_waiting_for_a_server_takes_no_more_than_the_budget_of_seconds(
    server: ModelServer, ledger: MemoryLedger
) -> None:
    server.play(refusal(503))
    brief = a_brief(budget=Budget(seconds=0.2))
    assert "after" in str(failed(asking(server, longest_wait_seconds=60.0), brief, ledger))
    assert len(server.requests) <= 2


def test_a_host_that_nobody_knows_is_asked_once(
    server: ModelServer, ledger: MemoryLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = failed(asking(server, base_url="http://models.invalid/v1"), a_brief(), ledger)
    assert "after 1 attempt: " in str(error)
    assert "Name or service not known" in str(error)


def test_an_edit_that_does_not_apply_is_repaired_once(server: ModelServer, ledger: MemoryLedger) -> None:
    server.play(completion(BAD_EDIT), EDIT)
    assert proposed(asking(server), a_brief(), ledger).patch
    assert ledger.purposes == ["edit", "repair"]
    roles = [message["role"] for message in server.requests[1]["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    assert "must occur exactly once" in server.requests[1]["messages"][3]["content"]


def test_a_repair_that_does_not_apply_either_ends_in_an_error(server: ModelServer, ledger: MemoryLedger) -> None:
    server.play(completion(BAD_EDIT))
    error = failed(asking(server), a_brief(), ledger)
    assert ledger.purposes == ["edit", "repair"]
    assert error.spend.tokens == 2 * 790


def test_a_truncated_answer_with_blocks_is_repaired(server: ModelServer, ledger: MemoryLedger) -> None:
    server.play(completion(GOOD_EDIT[:150], finish="length"), EDIT)
    assert proposed(asking(server), a_brief(), ledger).patch


def test_edits_to_tests_are_left_to_the_evaluation_when_they_are_among_the_sources(
    server: ModelServer, ledger: MemoryLedger
) -> None:
    server.play(completion(GOOD_EDIT.replace(PATH, "tests/test_words.py")))
    assert (
        "tests/test_words.py" in proposed(asking(server), a_brief(sources={"tests/test_words.py": SLOW}), ledger).patch
    )


def test_edits_to_other_files_name_the_editable_ones(server: ModelServer, ledger: MemoryLedger) -> None:
    server.play(completion(GOOD_EDIT.replace(PATH, "tests/test_all.py")))
    error = failed(asking(server), a_brief(), ledger)
    assert "'tests/test_all.py', which is not among the editable files: src/other.py, src/words.py" in str(error)


@pytest.mark.parametrize(
    "usage",
    [
        None,
        "many",
        {},
        {"prompt_tokens": 10**15, "completion_tokens": 10**15},
        {"prompt_tokens": -5, "completion_tokens": True},
    ],
)
def test_usage_that_is_missing_or_absurd_counts_as_all_that_was_allowed(
    usage: object, server: ModelServer, ledger: MemoryLedger
) -> None:
    server.play(completion(GOOD_EDIT, usage=usage))
    spend = proposed(asking(server, max_output_tokens=1000), a_brief(), ledger).spend
    [call] = ledger.calls.values()
    assert call.output_tokens == 1000
    assert len(SLOW) < call.input_tokens <= server.requests[0]["_bytes"] + 100
    assert spend.dollars == pytest.approx((call.input_tokens * INPUT_PRICE + 1000 * OUTPUT_PRICE) / 1e6)


@pytest.mark.parametrize("dollars", [0.02, 0.03, 0.05, 0.2])
@pytest.mark.parametrize(
    "response",
    [
        completion(BAD_EDIT, usage={"prompt_tokens": 10**12, "completion_tokens": 10**12}),
        completion(BAD_EDIT, usage=None),
        replace(EDIT, cut=True),
    ],
    ids=["absurd usage", "no usage", "lost"],
)
def test_the_dollar_budget_holds_to_the_cent(
    dollars: float, response: Response, server: ModelServer, ledger: MemoryLedger
) -> None:
    server.play(response)
    proposer = asking(server, directions=3, rounds=9)
    history = [a_brief().history[0]]
    spent = NOTHING
    for number in range(1, 30):
        brief = a_brief(history=history, budget=Budget(dollars=dollars).left(spent))
        try:
            if proposer.propose(brief, ledger) is None:
                break
        except ProposalError as error:
            spent += error.spend
            history.append(tried(number, proposer.name, error.direction, reason=str(error)))
    assert spent.dollars == pytest.approx(ledger.dollars)
    assert dollars / 4 < spent.dollars <= dollars


def test_the_answer_is_kept_short_enough_for_the_budget(server: ModelServer, ledger: MemoryLedger) -> None:
    server.play(EDIT)
    proposed(asking(server), a_brief(budget=Budget(tokens=9_000)), ledger)
    assert 256 <= server.requests[0]["max_tokens"] < 8192


@pytest.mark.parametrize("budget", [Budget(tokens=500), Budget(dollars=0.001)])
def test_a_budget_too_small_for_a_question_ends_the_proposals(
    budget: Budget, server: ModelServer, ledger: MemoryLedger
) -> None:
    assert asking(server).propose(a_brief(budget=budget), ledger) is None
    assert server.requests == []


def test_a_dollar_budget_needs_a_known_price(server: ModelServer, ledger: MemoryLedger) -> None:
    proposer = asking(server, input_dollars_per_million=None, output_dollars_per_million=None)
    with pytest.raises(ConfigError, match="input_dollars_per_million and output_dollars_per_million"):
        proposer.propose(a_brief(budget=Budget(dollars=5)), ledger)


def test_an_unknown_price_counts_tokens_only_and_says_so(
    server: ModelServer, ledger: MemoryLedger, caplog: pytest.LogCaptureFixture
) -> None:
    server.play(EDIT)
    proposer = asking(server, input_dollars_per_million=None, output_dollars_per_million=None)
    spend = proposed(proposer, a_brief(), ledger).spend
    assert (spend.tokens, spend.dollars) == (790, 0)
    assert "price of m is not known" in caplog.text


def test_the_published_price_is_used_for_known_models() -> None:
    price = OpenAI(model="gpt-4o", api_key=KEY).price()
    assert price is not None
    assert price(1_000_000, 0) > 0


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_only_the_submitter_can_change_is_a_config_error_and_not_remembered(
    status: int, server: ModelServer, ledger: MemoryLedger
) -> None:
    server.play(refusal(status, message=f"no such key {KEY}"))
    with pytest.raises(ConfigError, match=str(status)) as caught:
        asking(server).propose(a_brief(), ledger)
    assert KEY not in str(caught.value)
    assert ledger.calls == {}


def test_the_key_goes_to_the_server_and_nowhere_else(
    server: ModelServer, ledger: MemoryLedger, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="agent")
    server.play(refusal(429, message=f"slow down, {KEY}"), completion(f"I know {KEY}"))
    proposer = asking(server)
    error = failed(proposer, a_brief(), ledger)
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert KEY not in f"{error!r} {ledger} {proposer!r} {server.requests} {caplog.text}"


@pytest.mark.parametrize(
    "options",
    [
        {"base_url": "models.example.org"},
        {"base_url": "http://["},
        {"api_key": "two words"},
        {"api_key": "schlüssel"},
        {"input_dollars_per_million": 1.0, "output_dollars_per_million": None},
    ],
)
def test_impossible_options_are_refused_at_once(options: dict[str, Any], server: ModelServer) -> None:
    with pytest.raises(ConfigError):
        asking(server, **options)


@pytest.mark.parametrize("word", ["none", "set", "e"])
def test_a_word_that_a_local_server_takes_for_a_key_is_left_in_answers(
    server: ModelServer, ledger: MemoryLedger, word: str
) -> None:
    server.play(EDIT)
    assert "set(wanted)" in proposed(asking(server, api_key=word), a_brief(), ledger).patch


def test_openai_itself_needs_a_key(ledger: MemoryLedger) -> None:
    with pytest.raises(ConfigError, match="OPENAI_API_KEY"):
        OpenAI(model="gpt-4o").propose(a_brief(), ledger)


def test_options_reach_the_server(server: ModelServer, ledger: MemoryLedger) -> None:
    edits = [{"path": PATH, "search": "import sys", "replace": "import re"}]
    server.play(completion(json.dumps({"rationale": "r", "edits": edits})))
    proposer = asking(server, temperature=0.2, seed=40, reasoning_effort="low", schema=True)
    assert "import re" in proposed(proposer, a_brief(), ledger).patch
    request = server.requests[0]
    assert (request["temperature"], request["seed"], request["reasoning_effort"]) == (0.2, 41, "low")
    assert request["response_format"]["json_schema"]["schema"]["required"] == ["rationale", "edits"]


def test_a_slow_drip_is_cut_off_by_the_time_out_in_all(server: ModelServer, ledger: MemoryLedger) -> None:
    server.play(Response(body=b" " * 40, stall_seconds=0.1, drip=True))
    started = time.monotonic()
    error = failed(asking(server, timeout_seconds=0.3, patience_seconds=0.0), a_brief(), ledger)
    assert "in the middle of the answer" in str(error)
    assert time.monotonic() - started < 3


def test_text_that_no_database_can_hold_is_replaced(server: ModelServer, ledger: MemoryLedger) -> None:
    server.play(completion("a\0b\ud800c"))
    failed(asking(server), a_brief(), ledger)
    [call] = ledger.calls.values()
    assert call.answer == "a\ufffdb\ufffdc"


def test_failed_tests_and_measured_speedups_of_earlier_candidates_are_told(
    server: ModelServer, ledger: MemoryLedger
) -> None:
    server.play(EDIT)
    earlier = tried(
        1, "rules", "use a deque", verdict=Verdict.TESTS_FAILED, reason="E  assert 1 == 2", patch="--- a/x\n"
    )
    proposed(asking(server), a_brief(history=[*a_brief().history, earlier]), ledger)
    asked = server.requests[0]["messages"][1]["content"]
    assert "Candidate 1: tests failed. Direction: use a deque\nE  assert 1 == 2\n--- a/x" in asked
