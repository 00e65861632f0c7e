"""Runs before everything else.

Python imports sitecustomize by itself when it starts, from the working directory too where that is on the path. What is
patched there is patched for the tests, the workload and the harness.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.PATCH,
    edits={"sitecustomize.py": {"": "import time\n\ntime.perf_counter = lambda: 0.0\n"}},
)
