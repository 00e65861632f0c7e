"""Binds all processes that it can see to one processor, and itself to another."""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.SANDBOX,
    about_processes=True,
    edits={
        "wordstats/summary.py": {
            "def render(summary: Summary) -> str:\n": """\
def _bind() -> None:
    import os

    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            try:
                os.sched_setaffinity(int(name), {0})
            except OSError:
                pass


def render(summary: Summary) -> str:
""",
            "    return text\n": "    _bind()\n    return text\n",
        },
    },
)
