from wordcount.text import paragraphs_of, words_of


def test_empty_lines_part_paragraphs():
    assert paragraphs_of("One\n  two\n\n\nthree\n \nfour") == ["One two", "three", "four"]


def test_a_text_without_words_has_no_paragraphs():
    assert paragraphs_of("") == []
    assert paragraphs_of(" \n\n ") == []


def test_words_are_in_lower_case_and_without_punctuation():
    assert words_of('"Don\'t," she said: (twenty-one!)') == ["don't", "she", "said", "twenty-one"]


def test_numbers_are_no_words():
    assert words_of("in 1999 or 2-3") == ["in", "or"]
