import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import power, stats


def test_noise_is_the_standard_deviation_of_most_pairs_and_wild_ones_do_not_count() -> None:
    chance = random.Random(1)
    ratios = [chance.gauss(0, 0.05) for _ in range(400)]
    assert power.noise_of(ratios) == pytest.approx(0.05, rel=0.1)
    assert power.noise_of([*ratios, *[3.0] * 20]) == pytest.approx(0.05, rel=0.15)


@pytest.mark.parametrize("speedup", [1.05, 1.1, 1.3])
def test_a_forecast_gain_is_found_about_as_often_as_forecast(speedup: float) -> None:
    chance, noise = random.Random(2), 0.08
    look = power.pairs_for(speedup, noise, stats.SEARCH, min_speedup=1.01)
    assert look is not None
    alpha = dict(zip(stats.SEARCH.looks, stats.SEARCH.alphas, strict=True))[look]
    samples = [[chance.gauss(math.log(speedup), noise) for _ in range(look)] for _ in range(200)]
    found = sum(stats.speedup_of(ratios, alpha=alpha).low > 1.01 for ratios in samples)
    assert found >= 0.8 * 200


@given(st.floats(0.001, 0.5), st.floats(0.001, 0.5))
def test_more_noise_hides_more(one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert power.detectable(less, stats.SEARCH, min_speedup=1.01) <= power.detectable(
        more, stats.SEARCH, min_speedup=1.01
    )


def test_a_gain_that_drowns_in_noise_has_no_number_of_pairs() -> None:
    assert power.pairs_for(1.02, 0.5, stats.SEARCH, min_speedup=1.01) is None
    assert power.pairs_for(1.01, 0.01, stats.SEARCH, min_speedup=1.01) is None
