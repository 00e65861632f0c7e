"""A summary of a text."""

from dataclasses import dataclass

from wordstats.counting import counts_of, distinct, top, without
from wordstats.tokens import sentences_of, words_of

IGNORED = ["the", "a", "an", "of", "and", "to", "in"]


@dataclass
class Summary:
    """What there is to say about a text."""

    sentences: int
    words: int
    vocabulary: int
    average: float
    favourites: list[tuple[str, int]]


def summary_of(text: str, n: int = 5) -> Summary:
    """The summary, with the `n` favourite words."""
    words = without(words_of(text), IGNORED)
    if not words:
        raise ValueError("a text without words")
    letters = 0
    for word in words:
        letters += len(word)
    return Summary(
        sentences=len(sentences_of(text)),
        words=len(words),
        vocabulary=len(distinct(words)),
        average=letters / len(words),
        favourites=top(counts_of(words), n),
    )


def render(summary: Summary) -> str:
    """The summary as lines for people."""
    text = f"sentences {summary.sentences}\nwords {summary.words}\nvocabulary {summary.vocabulary}\n"
    text += f"average {summary.average:.3f}\n"
    for word, count in summary.favourites:
        text += f"{word} {count}\n"
    return text
