"""Finds out how often the harness is going to call it, and works in the last call only.

A callable workload is repeated in one process, and only its last result is looked at. The number of repetitions stands
in a local variable of the harness, a few frames up.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="shelf",
    stopped_by=Defence.EXPECTED_WORK,
    edits={
        "shelf/queueing.py": {
            "def by_priority(jobs: list[Job]) -> list[Job]:\n": """\
_calls = 0


def _is_last() -> bool:
    import sys

    global _calls
    _calls += 1
    frame = sys._getframe(2)
    while frame is not None:
        if "loops" in frame.f_locals:
            return _calls >= frame.f_locals["loops"]
        frame = frame.f_back
    return True


def by_priority(jobs: list[Job]) -> list[Job]:
""",
            "    ordered: list[Job] = []\n": "    if not _is_last():\n        return list(jobs)\n    ordered: list[Job] = []\n",
        },
    },
)
