"""Remembers the numbers of the recursion in a private function, with a bound."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="shelf",
    gain=1.15,
    edits={
        "shelf/queueing.py": {
            "Job = tuple[int, str]\n": "from functools import lru_cache\n\nJob = tuple[int, str]\n",
            "    if number < 2:\n        return number\n    return fibonacci(number - 1) + fibonacci(number - 2)\n": """\
    return _fibonacci(number)


@lru_cache(maxsize=256, typed=True)
def _fibonacci(number: int) -> int:
    if number < 2:
        return number
    return _fibonacci(number - 1) + _fibonacci(number - 2)
""",
        },
    },
)
