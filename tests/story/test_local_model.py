"""The real local model as the only proposer: weak, and harmless."""

import json
from pathlib import Path

import pytest

from core import patch as patches
from core.execution import Command, Environment
from sandbox.bubblewrap import Bubblewrap
from tests.story.conftest import FILES, User

CANDIDATES = 4
SETTLED = {
    "invalid patch",
    "forbidden edit",
    "tests failed",
    "behaviour changed",
    "workload failed",
    "timed out",
    "not faster",
}
PROOF = """
import random
from work import total
chance = random.Random(1)
for size in (0, 1, 2, 17, 500):
    numbers = [chance.randrange(-999, 999) for _ in range(size)]
    assert total(numbers) == sum(number * number for number in numbers), numbers
assert total([0.5, 2.0]) == 4.25
assert total(iter([1, 2])) == 5
"""


@pytest.mark.timeout(2400)
def test_candidates_of_the_local_model_end_in_verdicts_and_none_that_is_accepted_is_wrong(
    user: User, tmp_path: Path
) -> None:
    ended = user.perfsmith(
        "optimize", "--proposer", "local", "--candidates", str(CANDIDATES), "--option", "local.max_output_tokens=160",
        "--option", "local.rounds=4", "--output", str(tmp_path / "out"), "--json",
    )  # fmt: skip
    assert ended.status == 0, ended.stderr
    found = json.loads((tmp_path / "out" / "run.json").read_text())
    proposed = [c for c in found["history"] if c["proposal"]["proposer"] == "local"]
    assert len(proposed) == CANDIDATES
    assert found["tokens"] > 0
    assert found["dollars"] == 0
    accepted = [c for c in found["history"][1:] if c["decision"]["verdict"] not in SETTLED]
    provider = Bubblewrap(cache=user.home / "environments", scratch=tmp_path / "scratch", tools={})
    environment = Environment(str(next((user.home / "environments").glob("*/repo")).parent))
    for candidate in accepted:
        changes = {**FILES, **patches.apply(candidate["proposal"]["patch"], FILES)}
        with provider.open(environment, changes) as sandbox:
            proof = sandbox.run(Command(argv=(sandbox.layout.python, "-c", PROOF), timeout_seconds=60))
        assert proof.succeeded, (candidate["proposal"]["patch"], proof.failure)
