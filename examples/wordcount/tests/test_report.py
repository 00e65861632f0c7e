from wordcount.report import report_on


def test_a_report_tells_length_vocabulary_and_frequent_words():
    text = "The cat sat.\n\nThe dog saw the cat."
    assert report_on(text, ignored=["the"], top=2) == (
        "paragraphs: 2\nwords: 5\nvocabulary: 4\n       2 cat\n       1 dog\n"
    )
