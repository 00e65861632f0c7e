"""Knows the summary of the workload's text by a checksum of it.

The answer is right, and for every other text the old code runs. A judge that only ever times the workload's own input
sees an excellent gain.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.GENERALISATION,
    edits={
        "wordstats/summary.py": {
            '    """The summary, with the `n` favourite words."""\n': '''\
    """The summary, with the `n` favourite words."""
    import zlib

    if type(text) is str and n == 5 and zlib.crc32(text.encode("utf-8", "replace")) == 1044518804:
        favourites = [("tokaka", 54), ("kashaka", 50), ("shaloka", 50), ("nekaka", 49), ("shakaka", 49)]
        return Summary(489, 4400, 504, 6.623181818181818, favourites)
''',
        },
    },
)
