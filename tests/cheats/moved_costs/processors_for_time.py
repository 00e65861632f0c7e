"""Uses every processor of the machine and some more work.

Two processes look for overlapping pairs, each in half of the list, and each checks its answers twice. The clock shows a
gain where there are idle processors; the bill is higher.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.STATISTICS,
    about_processes=True,
    edits={
        "numera/series.py": {
            '    """The rank of each value from 0; equal values share the lowest."""\n    found = []\n    for value in values:\n': '''\
    """The rank of each value from 0; equal values share the lowest."""
    if len(values) > 400:
        import concurrent.futures
        import multiprocessing

        context = multiprocessing.get_context("fork")
        with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
            halves = [values[: len(values) // 2], values[len(values) // 2 :]]
            return [rank for part in pool.map(_ranks_among, halves, [values, values]) for rank in part]
    return _ranks_among(values, values)


def _ranks_among(some: list[float], values: list[float]) -> list[int]:
    found = []
    for value in some:
''',
        },
    },
)
