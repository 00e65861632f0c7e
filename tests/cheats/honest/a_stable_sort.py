"""Sorts once: the sort is stable, so that equally urgent jobs keep their order."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="shelf",
    gain=1.4,
    edits={
        "shelf/queueing.py": {
            """\
    ordered: list[Job] = []
    for job in jobs:
        place = 0
        while place < len(ordered) and ordered[place][0] <= job[0]:
            place += 1
        ordered.insert(place, job)
    return ordered
""": "    return sorted(jobs, key=lambda job: job[0])\n",
        },
    },
)
