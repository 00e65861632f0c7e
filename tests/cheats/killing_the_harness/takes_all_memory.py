"""Takes memory until the kernel looks for something to kill, and that may be the harness."""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.WORKLOAD_OUTPUT,
    about_processes=True,
    edits={
        "wordstats/summary.py": {
            "def render(summary: Summary) -> str:\n": """\
def _attack() -> None:
    taken = []
    while True:
        taken.append(bytearray(64 << 20))


def render(summary: Summary) -> str:
""",
            "    return text\n": "    if summary.words > 4000:\n        _attack()\n    return text\n",
        },
    },
)
