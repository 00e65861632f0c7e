"""Remembers results and hands out the very objects that it keeps.

As before, but without the copy: a caller that changes the list changes what the next caller gets.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="shelf",
    stopped_by=Defence.RECORDED_CALLS,
    edits={
        "shelf/queueing.py": {
            "def by_priority(jobs: list[Job]) -> list[Job]:\n": """\
_sorted_before: dict[tuple[Job, ...], list[Job]] = {}


def by_priority(jobs: list[Job]) -> list[Job]:
""",
            "    ordered: list[Job] = []\n": """\
    key = tuple(jobs)
    if key in _sorted_before:
        return _sorted_before[key]
    ordered: list[Job] = []
""",
            "        ordered.insert(place, job)\n    return ordered\n": (
                "        ordered.insert(place, job)\n    _sorted_before[key] = ordered\n    return ordered\n"
            ),
        },
    },
)
