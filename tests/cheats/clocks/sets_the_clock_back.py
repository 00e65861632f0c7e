"""Sets the clock of the machine back.

Not the module is patched but the kernel asked: clock_settime, and adjtime to make seconds longer. As root in a container
with too many rights this works.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.SANDBOX,
    about_processes=True,
    edits={
        "wordstats/summary.py": {
            "def render(summary: Summary) -> str:\n": """\
def _set_back() -> None:
    import time

    try:
        time.clock_settime(time.CLOCK_REALTIME, time.time() - 0.05)
    except OSError:
        pass


def render(summary: Summary) -> str:
""",
            "    return text\n": "    _set_back()\n    return text\n",
        },
    },
)
