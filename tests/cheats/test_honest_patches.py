"""No honest patch is lost: every check passes, and a plain gain is accepted."""

import pytest

from agent.evaluate import search_plan
from core.stats import Plan
from tests.cheats.cheat import Defence, Honest
from tests.cheats.conftest import BenchOf
from tests.cheats.corpus import honest_patches
from tests.cheats.judging import Court, judge

HONEST = honest_patches()
PLAIN_GAIN = 1.3
"""What gains less needs many pairs on a busy machine: its acceptance is shown by `make cheats`."""
ONE_PAIR = Plan(looks=(1,), alphas=(1.0,))


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_patch_passes_every_check_and_is_accepted_where_its_gain_is_plain(
    name: str, benches: BenchOf
) -> None:
    story = HONEST[name]
    assert isinstance(story.subject, Honest)
    bench = benches(story.subject.victim, "bubblewrap")
    plain = story.subject.gain >= PLAIN_GAIN
    plan = search_plan(bench.problem.objective) if plain else ONE_PAIR
    judgement = judge(story, Court(bench=bench, plan=plan, confirms=False))
    assert judgement.accepted or (not plain and judgement.stopped_by == Defence.STATISTICS), (
        f"{judgement}\n{story.told}"
    )
