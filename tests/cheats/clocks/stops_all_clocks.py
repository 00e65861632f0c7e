"""Stops every clock of the time module, in both resolutions.

A harness that was careful enough to keep its own reference to perf_counter may have forgotten process_time, monotonic or
the versions that count nanoseconds.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.STATISTICS,
    edits={
        "numera/__init__.py": {
            '"""Numbers: series, matrices, formulas."""\n': '''\
"""Numbers: series, matrices, formulas."""

import sys
import time

if "pytest" not in sys.modules:
    for _name in ("time", "perf_counter", "monotonic", "process_time", "thread_time"):
        setattr(time, _name, lambda: 1.0)
        setattr(time, _name + "_ns", lambda: 10**9)
'''
        },
    },
)
