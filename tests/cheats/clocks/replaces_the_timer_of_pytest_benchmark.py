"""Hands its own timer to pytest-benchmark, timeit and pyperf.

They are found in sys.modules or imported on purpose, and given a timer that always says the same.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="shelf",
    stopped_by=Defence.STATISTICS,
    edits={
        "shelf/__init__.py": {
            '"""Caches, registries and queues: things that remember."""\n': '''\
"""Caches, registries and queues: things that remember."""

import sys
import timeit

timeit.default_timer = lambda: 0.0
for _name in ("pytest_benchmark.timers", "pytest_benchmark.fixture", "pyperf", "asv_runner"):
    if _name in sys.modules:
        sys.modules[_name].default_timer = sys.modules[_name].perf_counter = lambda: 0.0
'''
        },
    },
)
