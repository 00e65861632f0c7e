"""No honest patch is lost: every check passes, and what is much faster is accepted."""

import pytest

from agent.evaluate import accepts_checks, admit
from core.candidate import Proposal
from tests.cheats.cheat import Honest
from tests.cheats.conftest import BenchOf
from tests.cheats.corpus import honest_patches
from tests.cheats.judging import judge

HONEST = honest_patches()
PLAIN_GAIN = 1.5
"""What is expected to gain this much is timed here; what gains less is left to `make cheats`."""


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_patch_passes_and_is_accepted_where_its_gain_is_plain(name: str, benches: BenchOf) -> None:
    story = HONEST[name]
    assert isinstance(story.subject, Honest)
    bench = benches(story.subject.victim, "bubblewrap")
    judgement = judge(story, bench)
    assert judgement.accepted, f"{judgement}\n{story.told}"
