from wordcount.counting import counts_of, most_frequent, vocabulary_of, without


def test_ignored_words_are_left_out():
    assert without(["the", "cat", "the", "dog"], ["the", "a"]) == ["cat", "dog"]


def test_nothing_is_left_out_when_nothing_is_ignored():
    assert without(["a", "b", "a"], []) == ["a", "b", "a"]


def test_the_vocabulary_is_in_order_of_appearance():
    assert vocabulary_of(["b", "a", "b", "c", "a"]) == ["b", "a", "c"]


def test_every_appearance_counts():
    assert counts_of(["b", "a", "b"]) == {"b": 2, "a": 1}


def test_equally_frequent_words_are_in_alphabetical_order():
    assert most_frequent({"b": 2, "a": 2, "c": 3, "d": 1}, 3) == [("c", 3), ("a", 2), ("b", 2)]
