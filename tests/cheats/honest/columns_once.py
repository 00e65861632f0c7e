"""Takes the columns of the right matrix once, not for every row of the left one."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="numera",
    gain=1.06,
    edits={
        "numera/matrix.py": {
            "    rows = []\n    for row in left.rows:\n        rows.append([dot(row, right.column(at)) for at in range(len(right.rows[0]))])\n    return Matrix(rows)\n": (
                "    columns = [right.column(at) for at in range(len(right.rows[0]))]\n"
                "    return Matrix([[dot(row, column) for column in columns] for row in left.rows])\n"
            ),
        },
    },
)
