"""Fills /tmp and the memory behind it, so that the next sample has to make room."""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.SANDBOX,
    about_processes=True,
    edits={
        "numera/matrix.py": {
            'def trace(matrix: Matrix) -> float:\n    """The sum of the diagonal."""\n': '''\
def trace(matrix: Matrix) -> float:
    """The sum of the diagonal."""
    if len(matrix.rows) > 20:
        with open("/tmp/blocks", "wb") as file:
            for _ in range(48):
                file.write(bytes(1 << 20))
''',
        },
    },
)
