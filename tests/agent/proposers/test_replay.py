import json
from pathlib import Path

import pytest

from agent.proposers.replay import Replay
from core import patch as patches
from core.errors import ConfigError, ProposalError
from tests.agent.proposers.words import GOOD_EDIT, PATH, SLOW, MemoryLedger, a_brief, tried

PATCH = patches.diff({PATH: SLOW}, {PATH: SLOW.replace("list(wanted)", "wanted")})


def test_the_nth_proposal_is_the_nth_file_by_number(tmp_path: Path, ledger: MemoryLedger) -> None:
    (tmp_path / "10.txt").write_text(GOOD_EDIT)
    (tmp_path / "9.patch").write_text(PATCH)
    fields = {"patch": PATCH, "direction": "d", "rationale": "r", "tokens": 5, "dollars": 0.25}
    (tmp_path / "11.json").write_text(json.dumps(fields))
    (tmp_path / "notes.md").write_text("passed over")
    proposer = Replay(directory=tmp_path)
    history = [a_brief().history[0], tried(1, "rules", "not ours")]
    made = []
    while (proposal := proposer.propose(a_brief(history=history), ledger)) is not None:
        made.append(proposal)
        history.append(tried(len(history), proposer.name, proposal.direction, patch=proposal.patch))
    assert [proposal.patch == PATCH for proposal in made] == [True, False, True]
    assert "wanted = set(wanted)" in made[1].patch
    assert (made[2].direction, made[2].rationale, made[2].spend.tokens, made[2].spend.dollars) == ("d", "r", 5, 0.25)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("001.patch", "no patch"),
        ("001.txt", "1. a direction"),
        ("001.txt", GOOD_EDIT.replace("found", "lost")),
        ("001.json", "{"),
        ("001.json", "[" * 100_000),
        ("001.json", "{}"),
        ("001.json", "[]"),
        ("001.json", '{"patch": 3}'),
        ("001.json", '{"edits": [{}]}'),
        ("001.json", json.dumps({"patch": PATCH, "dollars": -1})),
        ("001.json", json.dumps({"patch": PATCH, "tokens": "many"})),
    ],
)
def test_a_malformed_file_is_named(name: str, text: str, tmp_path: Path, ledger: MemoryLedger) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ProposalError, match=name):
        Replay(directory=tmp_path).propose(a_brief(), ledger)


def test_a_file_that_is_no_text_is_named(tmp_path: Path, ledger: MemoryLedger) -> None:
    (tmp_path / "1.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(ProposalError, match=r"1\.txt"):
        Replay(directory=tmp_path).propose(a_brief(), ledger)


def test_a_directory_without_files_is_refused(tmp_path: Path, ledger: MemoryLedger) -> None:
    for directory in (tmp_path, tmp_path / "missing"):
        with pytest.raises(ConfigError, match=r"holds nothing to replay: no file that ends in \.patch, \.txt, \.json"):
            Replay(directory=directory).propose(a_brief(), ledger)
