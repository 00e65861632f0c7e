import pytest

from numera.series import dot, mean, moving_average, normalised, ranks, variance

SOME = [0.1, 0.2, 0.7, 1.0]


def test_the_mean():
    assert mean(SOME) == pytest.approx(0.5)


def test_no_values_have_no_mean():
    with pytest.raises(ValueError):
        mean([])


def test_the_variance():
    assert variance(SOME) == pytest.approx(0.135)


def test_windows_move():
    assert moving_average([1.0, 2.0, 3.0, 4.0], 2) == [1.5, 2.5, 3.5]


def test_a_window_is_not_empty():
    with pytest.raises(ValueError):
        moving_average(SOME, 0)


def test_normalised_values_have_mean_zero():
    assert mean(normalised(SOME)) == pytest.approx(0.0)


def test_dot_wants_equal_lengths():
    assert dot([1.0, 2.0], [3.0, 4.0]) == 11.0
    with pytest.raises(ValueError):
        dot([1.0], [])


def test_equal_values_share_a_rank():
    assert ranks([3.0, 1.0, 3.0, 2.0]) == [2, 0, 2, 1]
