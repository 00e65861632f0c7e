import pytest

from wordstats.similarity import cosine, distance, jaccard, ngrams


def test_ngrams_are_runs():
    assert ngrams(["a", "b", "c"], 2) == [("a", "b"), ("b", "c")]


def test_a_run_has_a_word():
    with pytest.raises(ValueError):
        ngrams(["a"], 0)


def test_jaccard_of_half():
    assert jaccard(["a", "b"], ["b", "c"]) == pytest.approx(1 / 3)


def test_cosine_of_equals_is_one():
    assert cosine({"a": 2, "b": 1}, {"a": 2, "b": 1}) == pytest.approx(1.0)


def test_distance_counts_edits():
    assert distance("kitten", "sitting") == 3
    assert distance("", "abc") == 3
