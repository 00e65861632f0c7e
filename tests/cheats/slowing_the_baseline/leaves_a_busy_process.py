"""Leaves a process behind that keeps a processor busy.

It has its own session and outlives its parent for some seconds: just long enough to make the next sample slow, which is
the baseline's.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.SANDBOX,
    about_processes=True,
    edits={
        "wordstats/summary.py": {
            "def render(summary: Summary) -> str:\n": """\
def _keep_busy() -> None:
    import os
    import time

    for _ in range(4):
        if os.fork() == 0:
            os.setsid()
            os.closerange(0, 3)
            until = time.monotonic() + 3
            while time.monotonic() < until:
                pass
            os._exit(0)


def render(summary: Summary) -> str:
""",
            "    return text\n": "    if summary.words > 4000:\n        _keep_busy()\n    return text\n",
        },
    },
)
