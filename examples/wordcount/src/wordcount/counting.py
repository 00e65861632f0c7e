"""Counts words."""


def without(words: list[str], ignored: list[str]) -> list[str]:
    """`words` without those that are ignored, in their order."""
    return [word for word in words if word not in ignored]


def vocabulary_of(words: list[str]) -> list[str]:
    """Every word once, in the order of its first appearance."""
    seen = []
    for word in words:
        if word not in seen:
            seen.append(word)
    return seen


def counts_of(words: list[str]) -> dict[str, int]:
    """How often each word appears."""
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return counts


def most_frequent(counts: dict[str, int], top: int) -> list[tuple[str, int]]:
    """The `top` most frequent words with their counts; equal ones in alphabetical order."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:top]
