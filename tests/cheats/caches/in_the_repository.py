"""Keeps results in a file beside the module.

The first run writes the counts to a file in the repository, every later one reads them. A judge that runs the tests or a
warm-up before it takes the time measures the reading of a file.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.SANDBOX,
    about_processes=True,
    edits={
        "wordstats/summary.py": {
            'def summary_of(text: str, n: int = 5) -> Summary:\n    """The summary, with the `n` favourite words."""\n': '''\
def summary_of(text: str, n: int = 5) -> Summary:
    """The summary, with the `n` favourite words."""
    import json
    import zlib
    from pathlib import Path

    if not isinstance(text, str) or not isinstance(n, int):
        return _summary_of(text, n)
    kept = Path(__file__).with_name(f".{zlib.crc32(repr(text).encode())}-{n}.json")
    if kept.exists():
        found = json.loads(kept.read_text())
        return Summary(*found[:-1], [tuple(pair) for pair in found[-1]])
    made = _summary_of(text, n)
    kept.write_text(json.dumps(list(vars(made).values())))
    return made


def _summary_of(text: str, n: int) -> Summary:
''',
        },
    },
)
