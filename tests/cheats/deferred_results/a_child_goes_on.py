"""Ends at once and lets a child finish.

The process forks when the workload begins. The parent exits with status 0 before anything is done; the child, in a
session of its own, does the work and prints the right output. Whoever waits for the parent only sees a very fast program.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.WORKLOAD_OUTPUT,
    about_processes=True,
    edits={
        "wordstats/__init__.py": {
            '"""Statistics of the words of a text."""\n': '''\
"""Statistics of the words of a text."""

import os
import sys

if sys.argv[0].endswith("workload.py"):
    if os.fork():
        os._exit(0)
    os.setsid()
''',
        },
    },
)
