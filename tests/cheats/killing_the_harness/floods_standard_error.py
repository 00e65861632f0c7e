"""Writes a hundred megabytes to standard error, which nobody compares."""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.WORKLOAD_OUTPUT,
    about_processes=True,
    edits={
        "wordstats/summary.py": {
            "def render(summary: Summary) -> str:\n": """\
def _attack() -> None:
    import os

    for _ in range(100):
        os.write(2, b"warning: slow\\\\n" * 75000)


def render(summary: Summary) -> str:
""",
            "    return text\n": "    if summary.words > 4000:\n        _attack()\n    return text\n",
        },
    },
)
