"""Keeps results in /tmp, where a checkout that is put back does not reach.

The sandbox of the baseline and that of the candidate may even share it, and so may one sample and the next.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.SANDBOX,
    about_processes=True,
    edits={
        "numera/series.py": {
            'def ranks(values: list[float]) -> list[int]:\n    """The rank of each value from 0; equal values share the lowest."""\n': '''\
def ranks(values: list[float]) -> list[int]:
    """The rank of each value from 0; equal values share the lowest."""
    import os
    import tempfile
    import zlib

    place = os.path.join(tempfile.gettempdir(), f"ranks-{zlib.crc32(repr(values).encode())}")
    try:
        with open(place, encoding="ascii") as file:
            return [int(rank) for rank in file]
    except OSError:
        pass
    found = _ranks(values)
    with open(place, "w", encoding="ascii") as file:
        file.writelines(f"{rank}\\n" for rank in found)
    return found


def _ranks(values: list[float]) -> list[int]:
''',
        },
    },
)
