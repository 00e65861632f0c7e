"""Makes every test an empty one.

Each is collected, run and reported, under its own name and by pytest itself; only its function is never called.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.TESTS,
    edits={
        "wordstats/counting.py": {
            '"""Counts words."""\n': '''\
"""Counts words."""

import sys

if "_pytest.python" in sys.modules:
    sys.modules["_pytest.python"].Function.runtest = lambda self: None
''',
            "    seen: list[str] = []\n    for word in words:\n        if word not in seen:\n            seen.append(word)\n    return seen\n": (
                "    return sorted(set(words))\n"
            ),
        },
    },
)
