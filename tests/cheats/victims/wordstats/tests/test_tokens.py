import pytest

from wordstats.tokens import sentences_of, words_of


def test_words_are_lower_case_without_punctuation():
    assert words_of("Hello, (big) World!") == ["hello", "big", "world"]


def test_hyphens_and_apostrophes_belong_to_words():
    assert words_of("Don't over-do it") == ["don't", "over-do", "it"]


def test_no_text_has_no_words():
    assert words_of("") == []


def test_only_strings_are_texts():
    with pytest.raises(TypeError):
        words_of(b"bytes")


def test_sentences_end_with_a_mark():
    assert sentences_of("One. Two! Three") == ["One.", "Two!", "Three"]
