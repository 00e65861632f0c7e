"""Keeps the caller's list instead of a copy.

The tags are stored as they came. When the caller goes on to use its list, the registry changes with it. A true gain next
to it makes the patch worth while.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="shelf",
    stopped_by=Defence.RECORDED_CALLS,
    edits={
        "shelf/registry.py": {
            '        self._entries.append({"name": name, "tags": list(tags), "weight": weight})\n': (
                '        self._entries.append({"name": name, "tags": tags, "weight": weight})\n'
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
