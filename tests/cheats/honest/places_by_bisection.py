"""Finds the place of each job by bisection over the priorities so far."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="shelf",
    gain=1.35,
    edits={
        "shelf/queueing.py": {
            "Job = tuple[int, str]\n": "from bisect import bisect_right\n\nJob = tuple[int, str]\n",
            """\
    for job in jobs:
        place = 0
        while place < len(ordered) and ordered[place][0] <= job[0]:
            place += 1
        ordered.insert(place, job)
""": """\
    priorities: list[int] = []
    for job in jobs:
        place = bisect_right(priorities, job[0])
        priorities.insert(place, job[0])
        ordered.insert(place, job)
""",
        },
    },
)
