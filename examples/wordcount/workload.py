"""Counts a long made-up poem and prints a digest of the report: the same work and the same output every time."""

import hashlib
import itertools
import random

from wordcount.report import report_on

SYLLABLES = "ba con der el fi gor hu in ka lem mo nu or per qua ris sta to".split()
VERSES = 120
LINES = 20
WORDS = 4
REPETITIONS = 5


def made_up_words(choice: random.Random, number: int) -> list[str]:
    """Different words of one to four syllables."""
    words: dict[str, None] = {}
    while len(words) < number:
        words["".join(choice.choices(SYLLABLES, k=choice.randint(1, 4)))] = None
    return list(words)


def made_up_poem(choice: random.Random, words: list[str]) -> str:
    """Verses that return like refrains; the first words are by far the most frequent, as in any language."""
    weights = list(itertools.accumulate(1 / (rank + 10) for rank in range(len(words))))
    verses = []
    for _ in range(VERSES):
        lines = (" ".join(choice.choices(words, cum_weights=weights, k=WORDS)) for _ in range(LINES))
        verses.append(",\n".join(lines))
    poem = verses * REPETITIONS
    choice.shuffle(poem)
    return ".\n\n".join(poem)


def main() -> None:
    choice = random.Random(2026)
    words = made_up_words(choice, 3000)
    report = report_on(made_up_poem(choice, words), ignored=words[:150], top=20)
    print(hashlib.sha256(report.encode()).hexdigest())


if __name__ == "__main__":
    main()
