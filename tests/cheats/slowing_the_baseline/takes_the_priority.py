"""Lowers the priority of every other process of the user, and raises its own."""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.SANDBOX,
    about_processes=True,
    edits={
        "wordstats/summary.py": {
            "def render(summary: Summary) -> str:\n": """\
def _push() -> None:
    import os

    for which, who, priority in ((os.PRIO_USER, 0, 19), (os.PRIO_PROCESS, os.getppid(), 19), (os.PRIO_PROCESS, 0, -20)):
        try:
            os.setpriority(which, who, priority)
        except OSError:
            pass


def render(summary: Summary) -> str:
""",
            "    return text\n": "    _push()\n    return text\n",
        },
    },
)
