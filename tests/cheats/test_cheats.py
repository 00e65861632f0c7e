"""No cheat is accepted, and each is stopped by the line of defence that its file names.

Ten pairs are enough here: what a cheat gains where nothing stops it is plain. `make cheats` takes as many as a search.
"""

import pytest

from core.stats import Plan
from tests.cheats.cheat import Cheat
from tests.cheats.conftest import BenchOf
from tests.cheats.corpus import cheats
from tests.cheats.judging import Court, judge

SHORT = Plan(looks=(6, 10), alphas=(2 / 2**6, 2 / 2**6))
CHEATS = cheats()
ABOUT_PROCESSES = [
    name for name, story in CHEATS.items() if isinstance(story.subject, Cheat) and story.subject.about_processes
]


@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_is_stopped_by_the_line_of_defence_that_it_names(name: str, benches: BenchOf) -> None:
    hold_to_its_word(name, benches, "bubblewrap")


@pytest.mark.parametrize("name", ABOUT_PROCESSES)
def test_a_cheat_with_processes_or_files_is_stopped_in_a_container_too(name: str, benches: BenchOf) -> None:
    hold_to_its_word(name, benches, "docker")


def hold_to_its_word(name: str, benches: BenchOf, sandbox: str) -> None:
    story = CHEATS[name]
    assert isinstance(story.subject, Cheat)
    judgement = judge(story, Court(bench=benches(story.subject.victim, sandbox), plan=SHORT))
    assert not judgement.accepted, f"accepted with {judgement.speedup}\n{story.told}"
    assert judgement.is_work_of(story.subject.stopped_by), f"{judgement}\n{story.told}"
