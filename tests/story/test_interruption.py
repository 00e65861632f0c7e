"""Ctrl-C ends the search cleanly with what is proven so far; the run can be resumed."""

import json
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.model_server import ModelServer, completion
from tests.story.answers import DIRECTIONS, FASTER
from tests.story.conftest import User


def wait_for(process: subprocess.Popen[str], words: str) -> list[str]:
    """Read the lines on standard error up to one with `words`."""
    seen = []
    assert process.stderr is not None
    for line in process.stderr:
        seen.append(line)
        if words in line:
            return seen
    raise AssertionError("".join(seen))


@pytest.fixture
def slow_user(user: User, model: ModelServer) -> User:
    """A user whose model gives one good answer and then thinks for a long time."""
    model.play(completion(DIRECTIONS), completion(FASTER), replace(completion(FASTER), delay_seconds=60))
    return replace(user, variables={"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": model.url})


def test_the_first_ends_the_search_and_confirms_and_resume_goes_on(
    slow_user: User, model: ModelServer, tmp_path: Path
) -> None:
    with slow_user.begin("optimize", "--option", "openai.model=m", "--candidates", "2", "--json") as process:
        wait_for(process, "candidate 1")
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate()
    found = json.loads(stdout)
    assert "Traceback" not in stderr
    assert (process.returncode, found["status"], found["verdict"]) == (0, "finished", "confirmed"), stderr
    assert found["stopped_by"] == "interrupted by the user"
    model.play(completion("no"))
    resumed = slow_user.perfsmith(
        "resume", found["run_id"], "--candidates", "2", "--json", "--output", str(tmp_path / "o")
    )
    assert resumed.status == 0
    assert len(resumed.json["candidates"]) == 2
    assert resumed.json["verdict"] == "confirmed"


def test_a_termination_stops_at_once_and_says_how_to_go_on(slow_user: User) -> None:
    with slow_user.begin("optimize", "--option", "openai.model=m", "--candidates", "2", "--json") as process:
        wait_for(process, "candidate 1")
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate()
    assert process.returncode == 130
    assert "Continue with: perfsmith resume" in stderr
    assert "Traceback" not in stderr
    listed = slow_user.perfsmith("runs").stdout
    assert "cancelled" in listed
