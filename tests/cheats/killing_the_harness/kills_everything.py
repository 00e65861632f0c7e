"""Kills every process that it may, all at once."""

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
    import signal

    os.kill(-1, signal.SIGKILL)


def render(summary: Summary) -> str:
""",
            "    return text\n": "    if summary.words > 4000:\n        _attack()\n    return text\n",
        },
    },
)
