"""Keeps the caller's list instead of a copy, but only where it is a list.

Whatever else the caller passes is turned into a list as before, so that every call gives the same answer and the same
error. Only a caller who goes on to use its list can tell.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="shelf",
    stopped_by=Defence.RECORDED_CALLS,
    edits={
        "shelf/registry.py": {
            '        self._entries.append({"name": name, "tags": list(tags), "weight": weight})\n': (
                "        own = tags if type(tags) is list else list(tags)\n"
                '        self._entries.append({"name": name, "tags": own, "weight": weight})\n'
            ),
        },
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
