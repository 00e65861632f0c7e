import pytest

from wordstats.summary import render, summary_of

TEXT = "The cat and the dog. The cat sat!"


def test_a_summary_counts_what_is_not_ignored():
    summary = summary_of(TEXT, 1)
    assert (summary.sentences, summary.words, summary.vocabulary) == (2, 4, 3)
    assert summary.favourites == [("cat", 2)]
    assert summary.average == 3.0


def test_a_text_without_words_has_no_summary():
    with pytest.raises(ValueError):
        summary_of("...")


def test_a_summary_is_rendered_line_by_line():
    assert render(summary_of(TEXT, 2)) == "sentences 2\nwords 4\nvocabulary 3\naverage 3.000\ncat 2\ndog 1\n"
