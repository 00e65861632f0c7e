import contextlib
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent.proposers.local import Local
from core.errors import ConfigError, ProposalError
from tests.agent.proposers.words import MemoryLedger, a_brief


def test_a_real_small_model_ends_in_a_proposal_or_a_proposal_error(ledger: MemoryLedger) -> None:
    with (
        Local(max_output_tokens=96, prompt_characters=5_000, threads=1) as proposer,
        contextlib.suppress(ProposalError),
    ):
        proposal = proposer.propose(a_brief(), ledger)
        assert proposal is not None
        assert proposal.patch
    call = next(iter(ledger.calls.values()))
    assert call.purpose == "edit"
    assert call.answer
    assert call.input_tokens > 100
    assert call.dollars == 0


def test_a_missing_model_file_is_named(tmp_path: Path, ledger: MemoryLedger) -> None:
    with pytest.raises(ConfigError, match=r"missing\.gguf"):
        Local(model_path=tmp_path / "missing.gguf").propose(a_brief(), ledger)


def test_a_file_that_is_no_model_is_refused(tmp_path: Path, ledger: MemoryLedger) -> None:
    path = tmp_path / "noise.gguf"
    path.write_bytes(b"noise" * 100)
    with pytest.raises(ConfigError, match="does not serve"):
        Local(model_path=path).propose(a_brief(), ledger)


PARENT = """
import os, sys
from pathlib import Path
from agent.proposers.llama import LlamaServer
from agent.proposers.local import _installed_model
server = LlamaServer()
server.running({"model": str(_installed_model()), "context_tokens": 512, "threads": 1})
print(server._process.pid, flush=True)
os.kill(os.getpid(), 9)
"""


def test_the_server_ends_when_perfsmith_is_killed() -> None:
    parent = subprocess.run([sys.executable, "-c", PARENT], capture_output=True, text=True, check=False)
    pid = int(parent.stdout)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and _is_running(pid):
        time.sleep(0.1)
    assert not _is_running(pid)


def _is_running(pid: int) -> bool:
    """Also false for a process that has ended and waits to be reaped."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
