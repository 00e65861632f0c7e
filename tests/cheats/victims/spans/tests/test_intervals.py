import pytest

from spans.intervals import busiest, containing, covered, gaps, merge, overlapping

SOME = [(5, 9), (1, 3), (2, 4), (9, 10)]


def test_merged_intervals_are_few_and_in_order():
    assert merge(SOME) == [(1, 4), (5, 10)]


def test_merging_leaves_the_argument_alone():
    given = list(SOME)
    merge(given)
    assert given == SOME


def test_what_ends_before_it_starts_is_refused():
    with pytest.raises(ValueError):
        merge([(3, 1)])


def test_covered_counts_once():
    assert covered(SOME) == 8


def test_pairs_that_overlap():
    assert overlapping([(0, 5), (4, 6), (5, 7)]) == [(0, 1), (1, 2)]


def test_gaps_lie_between():
    assert gaps(SOME) == [(4, 5)]


def test_containing_keeps_the_order():
    assert containing([(5, 9), (1, 7)], 6) == [(5, 9), (1, 7)]


def test_busiest_counts_the_deepest():
    assert busiest([(0, 5), (1, 3), (2, 9)]) == 3
    assert busiest([]) == 0
