"""No honest patch is lost: every check passes, and a plain gain is accepted.

One with a plain gain and one of the others are tried here for each victim; `make cheats` tries all and takes as many pairs
as a search, which a small gain needs.
"""

from collections.abc import Iterator

import pytest

from core.stats import Plan
from tests.cheats.cheat import Defence, Honest
from tests.cheats.conftest import BenchOf
from tests.cheats.corpus import honest_patches
from tests.cheats.judging import Court, judge

HONEST = honest_patches()
PLAIN_GAIN = 1.6
ONE_PAIR = Plan(looks=(1,), alphas=(1.0,))
"""For what is too little to be proven on a busy machine: the checks have to pass, whatever one pair says."""
SHORT = Plan(looks=(6, 10, 20), alphas=(2 / 2**6, 0.02, 0.02))


def tried_here() -> Iterator[str]:
    """Names of honest patches: the first plain gain and the first smaller one for each victim."""
    seen: set[tuple[str, bool]] = set()
    for name, story in HONEST.items():
        patch = story.subject
        if isinstance(patch, Honest) and (patch.victim, patch.gain >= PLAIN_GAIN) not in seen:
            yield name
            seen.add((patch.victim, patch.gain >= PLAIN_GAIN))


@pytest.mark.parametrize("name", list(tried_here()))
def test_an_honest_patch_passes_every_check_and_is_accepted_where_its_gain_is_plain(
    name: str, benches: BenchOf
) -> None:
    story = HONEST[name]
    assert isinstance(story.subject, Honest)
    bench = benches(story.subject.victim, "bubblewrap")
    # With a second workload that does not change, noise on that one is enough to lose a patch when pairs are few.
    plain = story.subject.gain >= PLAIN_GAIN and len(bench.workloads) == 1
    judgement = judge(story, Court(bench=bench, plan=SHORT if plain else ONE_PAIR, confirms=False))
    lost_to_noise = not plain and judgement.stopped_by in {Defence.STATISTICS, Defence.GUARDS, Defence.GENERALISATION}
    assert judgement.accepted or lost_to_noise, f"{judgement}\n{story.told}"
