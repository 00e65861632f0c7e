"""kill -9 at any moment, then resume: the same tree, nothing lost or doubled, no answer requested twice."""

import json
import random
import signal
import sqlite3
import subprocess
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.model_server import ModelServer, Response, completion
from tests.story.answers import DIRECTIONS, FAILING, FASTER, NOT_APPLYING, RAMBLING, SLOWER
from tests.story.conftest import User

ANSWERS = (DIRECTIONS, SLOWER, FAILING, RAMBLING, NOT_APPLYING, NOT_APPLYING, FASTER)
EXPECTED = [
    (0, None, "baseline"),
    (1, 0, "not faster"),
    (2, 0, "tests failed"),
    (3, 0, "invalid patch"),
    (4, 0, "invalid patch"),
    (5, 0, "confirmed"),
]
KILLS = 10


class Remembering(ModelServer):
    """Gives each new question the next answer and a repeated one its old answer; notes what it need not have been asked."""

    def __init__(self, database: Path) -> None:
        super().__init__()
        self.database = database
        self.known: dict[str, Response] = {}
        self.needless: list[str] = []
        self.lock = threading.Lock()

    def choose(self, body: dict[str, Any]) -> Response:
        question = json.dumps(body["messages"])
        with self.lock:
            if question not in self.known:
                self.known[question] = completion(ANSWERS[min(len(self.known), len(ANSWERS) - 1)])
            elif question in self.stored():
                self.needless.append(question)
            return replace(self.known[question], delay_seconds=0.3)

    def stored(self) -> set[str]:
        """The questions whose answers the store holds."""
        with closing(sqlite3.connect(self.database)) as database:
            rows = database.execute("select packed from transcripts").fetchall()
        told = [json.loads(zlib.decompress(packed))["transcript"] for (packed,) in rows]
        return {json.dumps(json.loads(each["prompt"])["messages"]) for each in told if each["answer"]}


@pytest.fixture
def remembering(tmp_path: Path) -> Iterator[Remembering]:
    with Remembering(tmp_path / "home" / "perfsmith.db") as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def run_id(home: Path) -> str | None:
    if not (home / "perfsmith.db").exists():
        return None
    with closing(sqlite3.connect(home / "perfsmith.db")) as database:
        found = database.execute("select name from sqlite_master where name = 'runs'").fetchone()
        row = database.execute("select id from runs").fetchone() if found else None
    return row[0] if row else None


@pytest.mark.timeout(1800)
def test_a_run_that_is_killed_ten_times_ends_as_if_it_had_not_been(
    repository: Path, tmp_path: Path, remembering: Remembering
) -> None:
    variables = {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": remembering.url}
    user = User(home=tmp_path / "home", folder=repository, variables=variables)
    chance = random.Random(20261121)
    process = user.begin("optimize", "--option", "openai.model=m", "--candidates", "5", "--seed", "7", "--json")
    while run_id(user.home) is None:
        time.sleep(0.05)
    run = run_id(user.home) or ""
    for _ in range(KILLS):
        with process:
            try:
                process.wait(timeout=chance.uniform(0.5, 9.0))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
        process = user.begin("resume", run, "--json")
    with process:
        stdout, stderr = process.communicate()
    assert process.returncode == 0, stderr
    history = json.loads((user.home / "runs" / run / "output" / "run.json").read_text())["history"]
    tree = [
        (c["number"], c["parent"], (c["confirmed"] or c["decision"])["verdict"])
        for c in history
        if c["proposal"]["proposer"] not in {"minimise", "canary"}
    ]
    assert tree == EXPECTED
    assert sum(c["proposal"]["proposer"] == "canary" for c in history) == 1
    assert json.loads(stdout)["verdict"] == "confirmed"
    assert remembering.needless == []
    assert len(remembering.known) == len(ANSWERS)
    assert [left.name for left in (user.home / "scratch").iterdir()] == ["lock"]
