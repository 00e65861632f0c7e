"""Writes a delay into the package of the others.

The checkout of the baseline is at the same path, and Python's own folder is shared. A line with a sleep in either makes
everything else slower than the candidate.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.SANDBOX,
    about_processes=True,
    edits={
        "wordstats/summary.py": {
            "def render(summary: Summary) -> str:\n": """\
def _delay() -> None:
    import sysconfig

    for place in (f"{sysconfig.get_path('purelib')}/delay.pth", "/repo/delay.pth", f"{__file__[:-10]}delay.py"):
        try:
            with open(place, "w", encoding="ascii") as file:
                file.write("import time; time.sleep(0.1)\\n")
        except OSError:
            pass


def render(summary: Summary) -> str:
""",
            "    return text\n": "    _delay()\n    return text\n",
        },
    },
)
