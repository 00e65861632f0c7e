"""What is known about a run while it goes on."""

from cli.scene import MOST_RECENT, Scene, after, opening
from core.candidate import Candidate, Verdict
from core.measurement import Speedup
from core.progress import CandidateDecided, CandidateProposed, PairTimed, StageStarted
from core.spend import Budget, Spend
from tests.fakes.records import FOUND, a_candidate


def _decided(scene: Scene, candidate: Candidate, *, now: float = 10.0, seconds: float = 40.0) -> Scene:
    event = CandidateDecided(
        candidate=candidate, spend=Spend(candidates=1, seconds=seconds), budget=Budget(seconds=100.0)
    )
    return after(scene, event, now)


def test_time_left_is_unknown_without_a_limit() -> None:
    assert opening(0.0).seconds_left(50.0) is None


def test_time_left_runs_down_between_verdicts_but_not_below_zero() -> None:
    scene = _decided(opening(0.0), a_candidate(1, Verdict.NOT_FASTER), now=10.0, seconds=40.0)

    assert scene.seconds_left(15.0) == 55.0
    assert scene.seconds_left(900.0) == 0.0


def test_a_new_candidate_starts_counting_pairs_again() -> None:
    scene = after(opening(0.0), PairTimed(number=1, pairs=7, speedup=FOUND), 1.0)
    scene = after(scene, CandidateProposed(candidate=a_candidate(2, Verdict.ACCEPTED)), 2.0)

    assert (scene.pairs, scene.speedup) == (0, None)
    assert scene.trying
    assert scene.trying.number == 2


def test_a_verdict_or_a_stage_ends_what_was_tried() -> None:
    scene = after(opening(0.0), CandidateProposed(candidate=a_candidate(2, Verdict.ACCEPTED)), 2.0)

    assert _decided(scene, a_candidate(2, Verdict.ACCEPTED)).trying is None
    assert after(scene, StageStarted(stage="confirm"), 3.0).trying is None


def test_the_best_has_the_highest_lower_end() -> None:
    scene = opening(0.0)
    for number, low in ((1, 1.2), (2, 1.6), (3, 1.4)):
        scene = _decided(scene, a_candidate(number, Verdict.ACCEPTED, speedup=Speedup(estimate=2.0, low=low, high=3.0)))

    assert scene.best
    assert scene.best.number == 2


def test_a_confirmed_candidate_beats_a_luckier_accepted_one() -> None:
    scene = _decided(opening(0.0), a_candidate(1, Verdict.ACCEPTED, speedup=Speedup(estimate=9.0, low=8.0, high=10.0)))
    scene = _decided(scene, a_candidate(2, Verdict.CONFIRMED, speedup=FOUND))

    assert scene.best
    assert scene.best.number == 2


def test_a_candidate_that_is_not_confirmed_is_not_the_best_any_more() -> None:
    scene = _decided(opening(0.0), a_candidate(1, Verdict.ACCEPTED, speedup=FOUND))
    scene = _decided(scene, a_candidate(1, Verdict.NOT_FASTER, speedup=Speedup(estimate=1.0, low=0.9, high=1.1)))

    assert scene.best is None
    assert len(scene.recent) == 1


def test_only_the_latest_candidates_are_kept() -> None:
    scene = opening(0.0)
    for number in range(1, 30):
        scene = _decided(scene, a_candidate(number, Verdict.NOT_FASTER))

    assert [candidate.number for candidate in scene.recent] == list(range(30 - MOST_RECENT, 30))
