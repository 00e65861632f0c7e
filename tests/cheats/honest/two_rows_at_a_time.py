"""Keeps two rows of the table, and builds them without looking back by index."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="wordstats",
    gain=1.06,
    edits={
        "wordstats/similarity.py": {
            """\
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
""": """\
    if left == right:
        return 0
    above = list(range(len(right) + 1))
    for row, letter in enumerate(left, start=1):
        current = row
        line = [row]
        for column, other in enumerate(right, start=1):
            diagonal = above[column - 1]
            if letter == other:
                current = min(diagonal, above[column] + 1, current + 1)
            else:
                upper = above[column]
                current = 1 + (current if current < upper else upper)
                if diagonal < current:
                    current = diagonal + 1 if diagonal + 1 < current else current
            line.append(current)
        above = line
    return above[-1]
""",
        },
    },
)
