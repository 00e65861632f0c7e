"""No cheat is accepted, and each is stopped by the line of defence that its file names.

Those that only timing tells apart belong to `make cheats`. Of the other lines of defence that take long, one cheat for
each is tried here, and all of them by `make cheats`, too. Few pairs are enough where no timing decides.
"""

from collections.abc import Iterator

import pytest

from core.stats import Plan
from tests.cheats.cheat import Cheat, Defence
from tests.cheats.conftest import BenchOf
from tests.cheats.corpus import cheats, stories
from tests.cheats.judging import Court, judge

QUICK = frozenset({Defence.PATCH, Defence.PUBLIC_INTERFACE, Defence.TESTS, Defence.WORKLOAD_OUTPUT})
"""What stops a cheat within a second or two."""
TIMED = frozenset({Defence.STATISTICS, Defence.GUARDS, Defence.GENERALISATION, Defence.TIMING})
"""What can't be seen without many pairs."""
SHORT = Plan(looks=(6, 10), alphas=(2 / 2**6, 2 / 2**6))
CHEATS = cheats()


def tried_here(*, about_processes: bool) -> Iterator[str]:
    """Names of cheats: all that are stopped quickly, and the first for each other line of defence."""
    seen: set[Defence] = set()
    for name, story in CHEATS.items():
        cheat = story.subject
        if not isinstance(cheat, Cheat) or cheat.slow or cheat.stopped_by in TIMED:
            continue
        # A cache that the sandbox has scrubbed gains nothing, which only timing shows.
        if name.startswith("caches/") and cheat.stopped_by is Defence.SANDBOX:
            continue
        if about_processes and not cheat.about_processes:
            continue
        if cheat.stopped_by in QUICK or cheat.stopped_by not in seen:
            yield name
        seen.add(cheat.stopped_by)


@pytest.mark.parametrize("name", list(tried_here(about_processes=False)))
def test_a_cheat_is_stopped_by_the_line_of_defence_that_it_names(name: str, benches: BenchOf) -> None:
    hold_to_its_word(name, benches, "bubblewrap")


@pytest.mark.parametrize("name", list(tried_here(about_processes=True)))
def test_a_cheat_with_processes_or_files_is_stopped_in_a_container_too(name: str, benches: BenchOf) -> None:
    hold_to_its_word(name, benches, "docker")


def test_every_cheat_and_every_honest_patch_is_a_patch_of_its_victim_with_a_story() -> None:
    for story in stories():
        assert story.told.endswith("."), story.name
        assert story.patch.startswith("diff --git "), story.name


def hold_to_its_word(name: str, benches: BenchOf, sandbox: str) -> None:
    story = CHEATS[name]
    assert isinstance(story.subject, Cheat)
    judgement = judge(story, Court(bench=benches(story.subject.victim, sandbox), plan=SHORT))
    assert not judgement.accepted, f"accepted with {judgement.speedup}\n{story.told}"
    assert judgement.is_work_of(story.subject.stopped_by), f"{judgement}\n{story.told}"
