"""Remembers every list that it has ever sorted.

A benchmark calls the same function with the same arguments over and over. With a dictionary from arguments to results
only the first call does any work, and the average is excellent. Nobody else calls it twice with the same list.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="shelf",
    stopped_by=Defence.GENERALISATION,
    edits={
        "shelf/queueing.py": {
            "def by_priority(jobs: list[Job]) -> list[Job]:\n": """\
_sorted_before: dict[tuple[Job, ...], list[Job]] = {}


def by_priority(jobs: list[Job]) -> list[Job]:
""",
            "    ordered: list[Job] = []\n": """\
    key = tuple(jobs)
    if key in _sorted_before:
        return list(_sorted_before[key])
    ordered: list[Job] = []
""",
            "        ordered.insert(place, job)\n    return ordered\n": (
                "        ordered.insert(place, job)\n    _sorted_before[key] = list(ordered)\n    return ordered\n"
            ),
        },
    },
)
