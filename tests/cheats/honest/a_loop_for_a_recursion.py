"""Climbs up in a loop instead of going down twice for every number."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="shelf",
    gain=1.15,
    edits={
        "shelf/queueing.py": {
            "    if number < 2:\n        return number\n    return fibonacci(number - 1) + fibonacci(number - 2)\n": """\
    if number < 2:
        return number
    before, last = 0, 1
    for _ in range(number - 1):
        before, last = last, before + last
    return last
""",
        },
    },
)
