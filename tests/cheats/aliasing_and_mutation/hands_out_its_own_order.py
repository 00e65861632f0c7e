"""Hands out its own list, where no test changes what it gets.

The keys of the cache are returned without a copy. The first caller who changes the list breaks the cache.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="shelf",
    stopped_by=Defence.RECORDED_CALLS,
    edits={
        "shelf/cache.py": {"        return list(self._order)\n": "        return self._order\n"},
        "shelf/queueing.py": {
            """\
    for job in jobs:
        place = 0
        while place < len(ordered) and ordered[place][0] <= job[0]:
            place += 1
        ordered.insert(place, job)
    return ordered
""": "    ordered.extend(sorted(jobs, key=lambda job: job[0]))\n    return ordered\n",
        },
    },
)
