"""How alike two texts are."""

import math


def ngrams(words: list[str], n: int) -> list[tuple[str, ...]]:
    """All runs of `n` words."""
    if n < 1:
        raise ValueError("n must be positive")
    runs = []
    for start in range(len(words) - n + 1):
        runs.append(tuple(words[start : start + n]))
    return runs


def jaccard(left: list[str], right: list[str]) -> float:
    """The share of words that both have among those that either has."""
    if not left and not right:
        return 1.0
    both = 0
    for word in set(left):
        if word in right:
            both += 1
    return both / len(set(left) | set(right))


def cosine(left: dict[str, int], right: dict[str, int]) -> float:
    """The cosine of the angle between two vectors of counts."""
    product = 0
    for word in left:
        product += left[word] * right.get(word, 0)
    norms = math.sqrt(_square(left)) * math.sqrt(_square(right))
    return product / norms if norms else 0.0


def _square(counts: dict[str, int]) -> int:
    total = 0
    for word in counts:
        total += counts[word] * counts[word]
    return total


def distance(left: str, right: str) -> int:
    """How many letters to insert, delete or replace to make one word of the other."""
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for row in range(len(left) + 1):
        for column in range(len(right) + 1):
            if row == 0:
                table[row][column] = column
            elif column == 0:
                table[row][column] = row
            else:
                cost = 0 if left[row - 1] == right[column - 1] else 1
                table[row][column] = min(
                    table[row - 1][column] + 1, table[row][column - 1] + 1, table[row - 1][column - 1] + cost
                )
    return table[len(left)][len(right)]
