"""No honest patch is lost to a check. Whether its gain is seen is a matter of timing, and of `make cheats`.

One with a plain gain and one of the others are tried here for each victim, and all by `make cheats`.
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
TWO_PAIRS = Plan(looks=(2,), alphas=(1.0,))
"""The checks have to pass, whatever two pairs say."""
BY_TIMING = frozenset({Defence.STATISTICS, Defence.GUARDS, Defence.GENERALISATION})


def tried_here() -> Iterator[str]:
    """Names of honest patches: the first plain gain and the first smaller one for each victim."""
    seen: set[tuple[str, bool]] = set()
    for name, story in HONEST.items():
        patch = story.subject
        if isinstance(patch, Honest) and (patch.victim, patch.gain >= PLAIN_GAIN) not in seen:
            yield name
            seen.add((patch.victim, patch.gain >= PLAIN_GAIN))


@pytest.mark.parametrize("name", list(tried_here()))
def test_an_honest_patch_passes_every_check(name: str, benches: BenchOf) -> None:
    story = HONEST[name]
    assert isinstance(story.subject, Honest)
    bench = benches(story.subject.victim, "bubblewrap")
    judgement = judge(story, Court(bench=bench, plan=TWO_PAIRS, confirms=False))
    assert judgement.accepted or judgement.stopped_by in BY_TIMING, f"{judgement}\n{story.told}"
