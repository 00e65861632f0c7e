"""From a text to its words and sentences."""

ENDS = ".!?"


def words_of(text: str) -> list[str]:
    """The words in lower case, without the punctuation in and around them."""
    if not isinstance(text, str):
        raise TypeError("a text is a string")
    words = []
    for piece in text.split():
        word = ""
        for character in piece.lower():
            if character.isalnum() or character in ["-", "'"]:
                word = word + character
        if word:
            words.append(word)
    return words


def sentences_of(text: str) -> list[str]:
    """The sentences, each with the mark that ends it."""
    sentences = []
    current = ""
    for character in text:
        current = current + character
        if character in ENDS:
            sentences.append(current.strip())
            current = ""
    if current.strip():
        sentences.append(current.strip())
    return sentences
