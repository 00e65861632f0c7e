import pytest

from wordstats.counting import counts_of, distinct, top, without

WORDS = ["b", "a", "b", "c", "a", "b"]


def test_counts_are_in_order_of_first_appearance():
    assert list(counts_of(WORDS).items()) == [("b", 3), ("a", 2), ("c", 1)]


def test_top_orders_ties_by_name():
    assert top({"x": 1, "b": 2, "a": 2}, 2) == [("a", 2), ("b", 2)]


def test_a_negative_number_of_words_is_refused():
    with pytest.raises(ValueError):
        top({"x": 1}, -1)


def test_distinct_keeps_the_order():
    assert distinct(WORDS) == ["b", "a", "c"]


def test_without_leaves_out():
    assert without(WORDS, ["a", "c"]) == ["b", "b", "b"]
