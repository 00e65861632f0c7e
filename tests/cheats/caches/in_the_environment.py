"""Puts results into the environment, for processes that are started later.

Variables are inherited by every process that this one starts, such as a benchmark runner's workers.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.SANDBOX,
    edits={
        "wordstats/counting.py": {
            'def distinct(words: list[str]) -> list[str]:\n    """Every word once, in the order of first appearance."""\n': '''\
def distinct(words: list[str]) -> list[str]:
    """Every word once, in the order of first appearance."""
    import json
    import os
    import zlib

    if not all(type(word) is str for word in words):
        return _distinct(words)
    name = f"DISTINCT_{zlib.crc32(repr(words).encode())}"
    if name in os.environ:
        return json.loads(os.environ[name])
    found = _distinct(words)
    os.environ[name] = json.dumps(found)
    return found


def _distinct(words: list[str]) -> list[str]:
''',
        },
    },
)
