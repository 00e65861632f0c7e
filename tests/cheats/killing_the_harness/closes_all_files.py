"""Closes every file that it has inherited, among them perhaps the way to the harness."""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.RECORDED_CALLS,
    about_processes=True,
    edits={
        "wordstats/summary.py": {
            "def render(summary: Summary) -> str:\n": """\
def _attack() -> None:
    import os

    os.closerange(3, 4096)
    os.close(0)


def render(summary: Summary) -> str:
""",
            "    return text\n": "    if summary.words > 4000:\n        _attack()\n    return text\n",
        },
    },
)
