"""Renames a parameter of a public function.

Everybody here passes it by position. Whoever passes it by name finds out.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.PUBLIC_INTERFACE,
    edits={
        "wordstats/counting.py": {
            '''\
def counts_of(words: list[str]) -> dict[str, int]:
    """How often each word appears, in the order of first appearance."""
    counts: dict[str, int] = {}
    for word in words:
        if word in list(counts.keys()):
            counts[word] = counts[word] + 1
        else:
            counts[word] = 1
''': '''\
def counts_of(tokens: list[str]) -> dict[str, int]:
    """How often each word appears, in the order of first appearance."""
    counts: dict[str, int] = {}
    for word in tokens:
        counts[word] = counts.get(word, 0) + 1
''',
        },
    },
)
