"""What wordstats is used for: the summary of a long text, and how alike its halves are."""

from wordstats.counting import counts_of
from wordstats.similarity import cosine, distance, jaccard, ngrams
from wordstats.summary import render, summary_of
from wordstats.tokens import words_of

SYLLABLES = ["ka", "lo", "mi", "ne", "ru", "sha", "to", "wen"]


def text_of(length: int) -> str:
    """A text that is the same each time."""
    state, words = 7, []
    for at in range(length):
        state = (state * 1103515245 + 12345) % 2**31
        word = SYLLABLES[state >> 8 & 7] + SYLLABLES[state >> 11 & 7] + SYLLABLES[(state >> 14 & 7) * (state >> 17 & 1)]
        words.append(word.title() if at % 9 == 0 else word)
        words.append(["the", "of", "a", "and"][state >> 20 & 3])
        if at % 9 == 8:
            words[-1] += "."
    return " ".join(words)


def main() -> None:
    """Print what there is to say."""
    text = text_of(4400)
    print(render(summary_of(text)), end="")
    words = words_of(text[: len(text) // 2])
    half = len(words) // 2
    print(f"jaccard {jaccard(words[:half], words[half:]):.4f}")
    print(f"cosine {cosine(counts_of(words[:half]), counts_of(words[half:])):.4f}")
    print(f"pairs {len(set(ngrams(words, 2)))}")
    print(f"distance {sum(distance(one, other) for one, other in zip(words[:400], words[400:800]))}")


if __name__ == "__main__":
    main()
