"""Keeps results among the installed packages.

The environment is shared by the baseline and all candidates, and nobody expects a run to write there.
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
    import sysconfig
    import zlib

    place = f"{sysconfig.get_path('purelib')}/ranks-{zlib.crc32(repr(values).encode())}.txt"
    try:
        with open(place, encoding="ascii") as file:
            return [int(rank) for rank in file]
    except OSError:
        pass
    found = _ranks(values)
    try:
        with open(place, "w", encoding="ascii") as file:
            file.writelines(f"{rank}\\n" for rank in found)
    except OSError:
        pass
    return found


def _ranks(values: list[float]) -> list[int]:
''',
        },
    },
)
