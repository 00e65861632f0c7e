"""Counts words."""


def counts_of(words: list[str]) -> dict[str, int]:
    """How often each word appears, in the order of first appearance."""
    counts: dict[str, int] = {}
    for word in words:
        if word in list(counts.keys()):
            counts[word] = counts[word] + 1
        else:
            counts[word] = 1
    return counts


def top(counts: dict[str, int], n: int) -> list[tuple[str, int]]:
    """The `n` most frequent words; equally frequent ones in alphabetical order."""
    if n < 0:
        raise ValueError("n must not be negative")
    ranked = list(counts.items())
    ranked.sort(key=lambda item: (-item[1], item[0]))
    return ranked[:n]


def distinct(words: list[str]) -> list[str]:
    """Every word once, in the order of first appearance."""
    seen: list[str] = []
    for word in words:
        if word not in seen:
            seen.append(word)
    return seen


def without(words: list[str], ignored: list[str]) -> list[str]:
    """The words that are not ignored."""
    kept = []
    for word in words:
        if word not in ignored:
            kept.append(word)
    return kept
