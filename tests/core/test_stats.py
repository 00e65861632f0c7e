import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from core import stats

PLANS = [stats.SEARCH, stats.CONFIRMATION, stats.MINIMISATION, stats.NOISE]


@pytest.mark.parametrize("plan", PLANS)
def test_a_plan_spends_no_more_than_its_error_rate(plan: stats.Plan) -> None:
    assert sum(plan.alphas) <= 0.1 + 1e-12
    assert plan is not stats.SEARCH or sum(plan.alphas) == pytest.approx(0.02)
    assert all(alpha > 0 for alpha in plan.alphas)
    assert list(plan.looks) == sorted(set(plan.looks))


def test_all_confirmations_of_a_run_together_err_in_at_most_one_of_a_hundred() -> None:
    assert sum(stats.CONFIRMATION.alphas) * stats.MOST_CONFIRMATIONS == pytest.approx(0.01)


@pytest.mark.parametrize("plan", PLANS)
def test_every_look_of_a_plan_has_enough_pairs_for_a_finite_interval(plan: stats.Plan) -> None:
    for look, alpha in zip(plan.looks, plan.alphas, strict=True):
        shown = stats.speedup_of([0.1 * i for i in range(look)], alpha=alpha)
        assert math.isfinite(shown.high)
        assert shown.low > 0


def test_the_null_distribution_is_that_of_scipy() -> None:
    for n in (3, 8, 15):
        values = np.random.default_rng(n).normal(size=n)
        result = scipy_stats.wilcoxon(values, method="exact", alternative="less")
        statistic = int(sum(r for r, v in zip(scipy_stats.rankdata(abs(values)), values, strict=True) if v > 0))
        assert np.cumsum(stats._null_distribution(n))[statistic] == pytest.approx(result.pvalue)


def test_the_sign_interval_leaves_out_as_many_as_scipy_s_binomial_says() -> None:
    for n in (6, 9, 40, 224):
        for tail in (0.0001, 0.01, 0.25):
            skipped = stats._critical_sign_count(n, tail)
            assert skipped < 0 or scipy_stats.binom.cdf(skipped, n, 0.5) <= tail
            assert scipy_stats.binom.cdf(skipped + 1, n, 0.5) > tail


def test_a_gain_is_seen_through_noise_that_is_mostly_small_and_often_huge() -> None:
    chance, plan, found = random.Random(13), stats.SEARCH, 0
    for _ in range(100):
        ratios = [math.log(1.05) + chance.gauss(0, 0.5 if chance.random() < 0.3 else 0.04) for _ in range(plan.most)]
        found += _ends_faster(ratios, plan, 1.01)
    assert found >= 95


def test_two_intervals_that_exclude_each_other_are_both_part_of_the_answer() -> None:
    skewed = [0.0] * 60 + [0.5, 1.0, 2.0] * 13
    shown = stats.speedup_of(skewed, alpha=0.5)
    assert shown.low <= 1
    assert shown.high > 1.05
    assert shown.low <= shown.estimate <= shown.high


def test_six_pairs_that_agree_closely_decide_for_a_factor_of_two() -> None:
    plan = stats.SEARCH
    ratios = [0.69, 0.70, 0.71, 0.72, 0.68, 0.70]
    shown = stats.shown_by(ratios, plan)
    assert shown is not None
    assert shown.low > 1.9
    assert stats.is_settled(ratios, plan, min_speedup=1.01)


def test_with_too_few_pairs_for_its_level_an_interval_holds_student_s_and_every_log_ratio() -> None:
    even, odd = [0.1, 0.11, 0.12, 0.1, 0.11], [0.1, 0.11, 0.12, 0.1, -0.3]
    student = scipy_stats.t.interval(0.99, 4, np.mean(even), scipy_stats.sem(even))
    assert np.log([stats.speedup_of(even, alpha=0.01).low]) == pytest.approx(student[0])
    for ratios in (even, odd, [0.1, 0.2]):
        shown = stats.speedup_of(ratios, alpha=0.01)
        assert shown.low <= math.exp(min(ratios)) <= math.exp(max(ratios)) <= shown.high


@given(st.floats(0.001, 1), st.integers(0, 1000))
def test_at_a_look_with_few_pairs_a_two_sided_coin_is_taken_for_a_gain_once_in_2_to_the_n(
    size: float, seed: int
) -> None:
    coin = random.Random(seed)
    ratios = [coin.choice((-size, size)) for _ in range(6)]
    assert (stats.speedup_of(ratios, alpha=0.001).low > 1) is (min(ratios) > 0)


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=30), st.floats(0.001, 0.2))
def test_the_estimate_is_inside_its_interval(log_ratios: list[float], alpha: float) -> None:
    shown = stats.speedup_of(log_ratios, alpha=alpha)
    assert shown.low <= shown.estimate * (1 + 1e-12)
    assert shown.estimate <= shown.high * (1 + 1e-12)


@given(st.lists(st.floats(-5, 5), min_size=6, max_size=30))
def test_swapping_the_sides_inverts_the_speedup(log_ratios: list[float]) -> None:
    one, other = (
        stats.speedup_of(log_ratios, alpha=0.05),
        stats.speedup_of([-ratio for ratio in log_ratios], alpha=0.05),
    )
    assert one.estimate == pytest.approx(1 / other.estimate)
    assert one.low == pytest.approx(1 / other.high)


@pytest.mark.parametrize(("plan", "allowed"), [(stats.SEARCH, 0.01), (stats.CONFIRMATION, 0.002)])
def test_identical_code_is_rarely_taken_for_faster_although_we_look_early(plan: stats.Plan, allowed: float) -> None:
    random_source = random.Random(11)
    trials = 800
    wrong = sum(_ends_faster([random_source.gauss(0, 0.2) for _ in range(plan.most)], plan, 1.0) for _ in range(trials))
    # No more than chance lets an error rate of `allowed` show, but for one time in a thousand.
    assert wrong <= scipy_stats.binom.ppf(0.999, trials, allowed)


def test_the_interval_holds_the_truth_whenever_one_stops() -> None:
    random_source = random.Random(12)
    truth, plan, trials = math.log(1.1), stats.SEARCH, 500
    missed = 0
    for _ in range(trials):
        ratios = [truth + random_source.gauss(0, 0.1) for _ in range(plan.most)]
        shown = stats.shown_by(ratios[: _stop(ratios, plan, 1.01)], plan)
        assert shown is not None
        missed += not shown.low <= math.exp(truth) <= shown.high
    assert missed / trials <= 0.02


def test_counts_that_repeat_exactly_need_three_pairs() -> None:
    shown = stats.shown_by([math.log(1.005)] * 3, stats.EXACT)
    assert shown is not None
    assert shown.low == pytest.approx(1.005)


def _stop(ratios: list[float], plan: stats.Plan, threshold: float) -> int:
    return next(n for n in range(1, plan.most + 1) if stats.is_settled(ratios[:n], plan, min_speedup=threshold))


def _ends_faster(ratios: list[float], plan: stats.Plan, threshold: float) -> bool:
    shown = stats.shown_by(ratios[: _stop(ratios, plan, threshold)], plan)
    return shown is not None and shown.low > threshold
