"""What came of a run, in a few words."""

import math
from dataclasses import replace

import pytest

from core import stats
from core.candidate import Verdict
from core.measurement import Speedup
from core.problem import Generality, Objective
from core.run import RunStatus
from tests.fakes.records import (
    FOUND,
    WORKLOADS,
    a_candidate,
    a_judge_record,
    a_problem,
    a_record,
    a_run,
    a_successful_record,
)
from worker.report.headline import Tone, outcome, reported_speedup, tone_of


def test_a_confirmed_patch_is_told_with_its_interval_level_and_pairs() -> None:
    headline = outcome(a_successful_record())

    assert str(headline) == "2.31× faster, between 2.25× and 2.38× (99 % interval from 15 fresh pairs)"
    assert headline.tone is Tone.GOOD


def test_a_gain_that_is_allowed_although_something_speaks_against_it_is_told_with_that() -> None:
    record = a_successful_record()
    assert record.winner is not None
    confirmation = record.winner.confirmation
    assert confirmation is not None
    (timing,) = confirmation.timings
    still = tuple(replace(pair, candidate=pair.original) for pair in timing.pairs)
    confirmation = replace(confirmation, replays=(replace(timing, pairs=still),))
    winner = replace(record.winner, confirmation=confirmation)
    problem = replace(record.run.problem, generalise=Generality.SHOW)
    candidates = tuple(winner if each.number == winner.number else each for each in record.candidates)
    headline = outcome(replace(record, run=replace(record.run, problem=problem), candidates=candidates))
    assert headline.sentence.startswith(
        "between 2.25× and 2.38× (99 % interval from 15 fresh pairs); the gain is one of repetition"
    )
    assert headline.tone is Tone.GOOD


def test_several_workloads_are_mentioned() -> None:
    assert "from 15 fresh pairs of each of 2 workloads" in outcome(a_successful_record(workloads=WORKLOADS)).sentence


@pytest.mark.parametrize(
    ("objective", "words"),
    [
        (Objective.CPU, "less CPU time"),
        (Objective.MEMORY, "less memory"),
        (Objective.INSTRUCTIONS, "fewer instructions"),
    ],
)
def test_the_gain_is_named_after_the_objective(objective: Objective, words: str) -> None:
    assert outcome(a_successful_record(objective=objective)).title == f"2.31× {words}"


def test_a_search_without_a_find_says_so_and_why_it_ended() -> None:
    headline = outcome(a_record(a_candidate(1, Verdict.TESTS_FAILED), a_candidate(2, Verdict.NOT_FASTER)))

    assert (
        str(headline)
        == "Nothing faster found: 2 candidates were tried and none held up; the search ended: 12 candidates tried of 12"
    )


def test_a_search_that_tried_nothing_does_not_claim_to_have_tried() -> None:
    assert outcome(a_record()).sentence.startswith("no candidate was tried;")


def test_a_failed_run_gives_its_reason() -> None:
    run = a_run(a_problem(), status=RunStatus.FAILED, error="setup failed: exit code 1")

    assert str(outcome(a_record(run=run))) == "Failed: setup failed: exit code 1"
    assert outcome(a_record(run=run)).tone is Tone.BAD


def test_an_interrupted_run_tells_the_best_so_far_as_unconfirmed() -> None:
    accepted = a_candidate(1, Verdict.ACCEPTED, speedup=FOUND)
    headline = outcome(a_record(accepted, run=a_run(a_problem(), status=RunStatus.CANCELLED)))

    assert (
        str(headline)
        == "Interrupted: after 1 candidates; the best so far, not confirmed: candidate 1 at 2.31× (2.25× – 2.38×)"
    )


def test_a_confirmed_patch_is_told_even_when_the_run_was_interrupted_later() -> None:
    record = a_successful_record()
    record = replace(record, run=replace(record.run, status=RunStatus.CANCELLED))

    assert outcome(record).title == "2.31× faster"


def test_a_judge_run_tells_the_verdict_on_the_patch() -> None:
    failed = a_judge_record(Verdict.BEHAVIOUR_CHANGED, reason="the output differs in line 3")
    slow = a_judge_record(Verdict.NOT_FASTER, speedup=Speedup(estimate=0.99, low=0.97, high=1.02), reason="too slow")

    assert str(outcome(failed)) == "Behaviour changed: the output differs in line 3"
    level = f"{100 * (1 - sum(stats.SEARCH.alphas)):.3g} %"
    measured = f"measured 0.990×, between 0.970× and 1.020× ({level} interval from 9 fresh pairs)"
    assert outcome(slow).sentence == f"{measured}; too slow"


def test_an_interval_without_bounds_is_not_spelled_out() -> None:
    found = Speedup(estimate=2.0, low=0.0, high=math.inf)

    assert "too few pairs" in outcome(a_record(a_candidate(1, Verdict.CONFIRMED, speedup=found))).sentence


def test_samples_that_chose_a_candidate_are_not_reported() -> None:
    assert reported_speedup(a_record(a_candidate(1, Verdict.ACCEPTED, speedup=FOUND))) is None
    assert reported_speedup(a_successful_record()) == FOUND


def test_every_verdict_has_a_tone() -> None:
    bad = {verdict for verdict in Verdict if tone_of(verdict) is Tone.BAD}

    assert bad == set(Verdict) - {Verdict.BASELINE, Verdict.ACCEPTED, Verdict.CONFIRMED, Verdict.NOT_FASTER}
    assert tone_of(None) is Tone.NEUTRAL
