"""Remembers the result of the workload in the workload.

The benchmark is a function that is called again and again; with its result in a global, only the first call does work.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="shelf",
    stopped_by=Defence.PATCH,
    edits={
        "bench.py": {
            "def run() -> dict[str, object]:": '@__import__("functools").cache\ndef run() -> dict[str, object]:'
        }
    },
)
