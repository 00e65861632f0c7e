"""Finds the harness in sys.modules and gives it the answer.

The result of a callable workload is shown as a digest that is made in the same process. The package replaces the
function that makes it, and from then on the workload may return what it likes.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="shelf",
    stopped_by=Defence.EXPECTED_WORK,
    edits={
        "shelf/queueing.py": {
            "Job = tuple[int, str]\n": """\
import sys

Job = tuple[int, str]
_HARNESS = sys.modules.get("perfsmith_outcome")
if _HARNESS is not None:
    _HARNESS.digest = lambda value: "bc4aa59376ab2c335e2064297fe508618ec2acaabc11198bb591b449ee0e0280"
""",
            "    ordered: list[Job] = []\n": (
                "    if _HARNESS is not None:\n        return list(jobs)\n    ordered: list[Job] = []\n"
            ),
        },
    },
)
