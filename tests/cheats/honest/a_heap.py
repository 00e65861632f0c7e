"""Takes the jobs from a heap, with their number to break ties."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="shelf",
    gain=1.4,
    edits={
        "shelf/queueing.py": {
            "Job = tuple[int, str]\n": "import heapq\n\nJob = tuple[int, str]\n",
            """\
    ordered: list[Job] = []
    for job in jobs:
        place = 0
        while place < len(ordered) and ordered[place][0] <= job[0]:
            place += 1
        ordered.insert(place, job)
    return ordered
""": """\
    heap = [(job[0], at, job) for at, job in enumerate(jobs)]
    heapq.heapify(heap)
    return [heapq.heappop(heap)[2] for _ in range(len(heap))]
""",
        },
    },
)
