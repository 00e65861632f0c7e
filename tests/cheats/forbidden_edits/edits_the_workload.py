"""Makes the workload smaller.

The text to summarise becomes ten times shorter, and everything ten times faster. A judge that takes the candidate's own
workload measures just that.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.PATCH,
    edits={"workload.py": {"text_of(4400)": "text_of(440)"}},
)
