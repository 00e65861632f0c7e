"""The report on a text."""

from wordcount.counting import counts_of, most_frequent, vocabulary_of, without
from wordcount.text import paragraphs_of, words_of


def report_on(text: str, ignored: list[str], top: int = 10) -> str:
    """How long the text is, how rich, and which words it uses most."""
    paragraphs = paragraphs_of(text)
    words = []
    for paragraph in paragraphs:
        words.extend(without(words_of(paragraph), ignored))
    lines = [
        f"paragraphs: {len(paragraphs)}",
        f"words: {len(words)}",
        f"vocabulary: {len(vocabulary_of(words))}",
    ]
    for word, count in most_frequent(counts_of(words), top):
        lines.append(f"{count:>8} {word}")
    return "\n".join(lines) + "\n"
