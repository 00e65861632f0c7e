"""What every proposer promises, whoever it asks."""

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.proposers.local import Local
from agent.proposers.openai import OpenAI
from agent.proposers.replay import Replay
from core import patch as patches
from core.protocols import Proposer
from tests.agent.proposers.words import GOOD_EDIT, LIST, MemoryLedger, a_brief, tried
from tests.fakes.model_server import ModelServer, completion

MakeProposer = Callable[[ModelServer, Path], Proposer]


def an_openai(server: ModelServer, tmp_path: Path) -> Proposer:  # noqa: ARG001 - one maker like the other
    server.play(completion(LIST), completion(GOOD_EDIT))
    return OpenAI(model="m", base_url=server.url, rounds=1)


def a_local(server: ModelServer, tmp_path: Path) -> Proposer:
    """The real dialogue, with a server process that is already there."""
    server.play(completion(GOOD_EDIT))
    model = tmp_path / "model.gguf"
    model.touch()
    proposer = Local(model_path=model, rounds=1)
    running = ServedElsewhere(server.url.removesuffix("/v1"))
    object.__setattr__(proposer, "_process", running)
    return proposer


class ServedElsewhere:
    def __init__(self, address: str) -> None:
        self.address = address

    def running(self, settings: object) -> tuple[str, str]:  # noqa: ARG002 - the real one starts with them
        return self.address, "key"


def a_replay(server: ModelServer, tmp_path: Path) -> Proposer:  # noqa: ARG001 - one maker like the other
    (tmp_path / "001.txt").write_text(GOOD_EDIT)
    return Replay(directory=tmp_path)


@pytest.fixture(params=[an_openai, a_local, a_replay])
def proposer(request: pytest.FixtureRequest, server: ModelServer, tmp_path: Path) -> Proposer:
    made: Proposer = request.param(server, tmp_path)
    return made


def test_a_proposal_applies_and_says_whose_it_is(proposer: Proposer, ledger: MemoryLedger) -> None:
    proposal = proposer.propose(a_brief(), ledger)
    assert proposal is not None
    assert patches.apply(proposal.patch, a_brief().baseline_sources)
    assert proposal.proposer == proposer.name
    assert proposal.direction


def test_the_same_brief_and_ledger_give_the_same_proposal_without_asking_again(
    proposer: Proposer, ledger: MemoryLedger, server: ModelServer
) -> None:
    first = proposer.propose(a_brief(), ledger)
    asked = len(server.requests)
    assert proposer.propose(a_brief(), ledger) == first
    assert len(server.requests) == asked


def test_the_proposals_come_to_an_end(proposer: Proposer, ledger: MemoryLedger) -> None:
    history = [a_brief().history[0]]
    while (proposal := proposer.propose(a_brief(history=history), ledger)) is not None:
        history.append(tried(len(history), proposer.name, proposal.direction, patch=proposal.patch))
        assert len(history) < 10


def test_nothing_is_known_of_hot_code_and_a_proposal_comes_all_the_same(
    proposer: Proposer, ledger: MemoryLedger
) -> None:
    assert proposer.propose(a_brief(profiles=()), ledger) is not None
