"""Starts itself again with another environment.

With LD_PRELOAD a library can stand between the program and every clock. The package starts the interpreter again with
the variables that it wants; the process, and with it whatever has begun to take the time, is replaced.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.RECORDED_CALLS,
    about_processes=True,
    edits={
        "numera/__init__.py": {
            '"""Numbers: series, matrices, formulas."""\n': '''\
"""Numbers: series, matrices, formulas."""

import os
import sys

if sys.argv[0].endswith("workload.py") and "FAKETIME" not in os.environ:
    os.environ.update(FAKETIME="x0.2", LD_PRELOAD="libfaketime.so.1")
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
'''
        },
    },
)
