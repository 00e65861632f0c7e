from dataclasses import replace

from agent.proposers.lessons import lessons
from core import patch as patches
from core.candidate import Candidate, CheckResult, Evaluation, Verdict
from core.measurement import Speedup
from core.proposing import Brief
from tests.agent.proposers.words import BASELINE, PATH, SLOW, a_brief, tried

FIRST = SLOW.replace("found = []", "found = list()")
SECOND = FIRST.replace("in list(wanted)", "in set(wanted)")


def accepted(number: int, parent: int, text: str, low: float) -> Candidate:
    patch = patches.diff({PATH: SLOW}, {PATH: text})
    made = tried(number, "x", f"idea {number}", verdict=Verdict.ACCEPTED, reason="clears 1.01", patch=patch)
    assert made.decision
    return replace(
        made, parent=parent, decision=replace(made.decision, speedup=Speedup(estimate=low, low=low, high=low))
    )


def brief_on(parent: int, *candidates: Candidate) -> Brief:
    history = (BASELINE, *candidates)
    return replace(a_brief(history=history), parent=history[parent])


def paragraphs(brief: Brief) -> list[str]:
    return lessons(brief, characters=10_000).split("\n\nCandidate ")


def test_a_candidate_is_shown_by_its_own_change_and_not_by_that_of_its_parent() -> None:
    first, second = paragraphs(brief_on(2, accepted(1, 0, FIRST, 1.5), accepted(2, 1, SECOND, 2.0)))
    assert "+    found = list()" in first
    assert "+        if word in set(wanted):" in second
    assert "+    found = list()" not in second
    assert "-    found" not in second


def test_a_file_that_the_parent_created_and_the_candidate_does_not_have_is_gone_in_its_change() -> None:
    created = replace(
        accepted(1, 0, FIRST, 1.5).proposal, patch=patches.diff({PATH: SLOW}, {"src/new.py": "A = 1\n", PATH: FIRST})
    )
    first = replace(accepted(1, 0, FIRST, 1.5), proposal=created)
    assert "-A = 1" in paragraphs(brief_on(1, first, accepted(2, 1, SECOND, 1.2)))[1]


def test_a_patch_that_does_not_apply_is_shown_as_it_stands() -> None:
    broken = replace(tried(2, "x", "y", reason="no", patch="no diff\n"), parent=1)
    assert "no diff" in paragraphs(brief_on(1, accepted(1, 0, FIRST, 1.5), broken))[1]


def test_an_accepted_candidate_says_whether_the_code_shown_contains_it() -> None:
    one, two, three = paragraphs(
        brief_on(2, accepted(1, 0, FIRST, 1.5), accepted(2, 1, SECOND, 2.0), accepted(3, 0, SECOND, 1.7))
    )
    assert "as fast as the original; this prompt's code contains it. Direction: idea 1" in one
    assert "; this prompt's code contains it. Direction: idea 2" in two
    assert "; not better than candidate 2, so not part of this prompt's code. Direction: idea 3" in three


def test_an_accepted_candidate_that_is_better_than_the_parent_is_only_said_to_be_absent() -> None:
    one, two = paragraphs(brief_on(1, accepted(1, 0, FIRST, 1.5), accepted(2, 0, SECOND, 2.0)))
    assert "contains it" in one
    assert "the original; not part of this prompt's code" in two


def test_a_long_patch_is_cut_at_the_end_of_a_line() -> None:
    patch = patches.diff({PATH: SLOW}, {PATH: SLOW + "".join(f"VALUE_{n} = {n}\n" for n in range(300))})
    text = lessons(brief_on(0, tried(1, "x", "y", reason="no", patch=patch)), characters=10_000)
    *_, last, cut = text.splitlines()
    assert cut == "... (cut)"
    assert last in patch.splitlines()


def test_the_input_that_shows_a_failure_is_told() -> None:
    failure = CheckResult(check="varied calls", passed=False, reason="find changed", witness="find([], 'a')")
    made = tried(1, "x", "idea", verdict=Verdict.BEHAVIOUR_CHANGED, reason="find changed", patch="")
    told = lessons(brief_on(0, replace(made, evaluation=Evaluation(failure=failure))), characters=10_000)
    assert "find changed\nThe smallest input found that shows it:\nfind([], 'a')" in told
