"""Keeps results in a segment of shared memory that nobody removes.

It is no file that a scrubbed checkout would show, and it outlives the process that made it.
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
    import zlib

    place = f"/dev/shm/ranks-{zlib.crc32(repr(values).encode())}"
    try:
        with open(place, "rb") as file:
            return list(memoryview(file.read()).cast("i"))
    except OSError:
        pass
    found = _ranks(values)
    import array

    with open(place, "wb") as file:
        array.array("i", found).tofile(file)
    return found


def _ranks(values: list[float]) -> list[int]:
''',
        },
    },
)
