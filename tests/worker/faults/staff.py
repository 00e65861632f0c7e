"""A worker or a beat as a process of its own, whose runs are small ones: `python -m tests.worker.faults.staff worker|beat`.

With PERFSMITH_TEST_CLOCK its wall clock is wrong by so many seconds.
"""

import os
import sys
import time

from worker.queueing.serving import serve_beat, serve_worker
from worker.settings import read_settings

PROGRAM = "PERFSMITH_TEST_PROGRAM"
"""Given: the module that a child is, in place of the stand-in."""
CLOCK = "PERFSMITH_TEST_CLOCK"


def main(kind: str, concurrency: str = "1") -> int:
    if CLOCK in os.environ:
        true, wrong_by = time.time, float(os.environ[CLOCK])
        time.time = lambda: true() + wrong_by
    settings = read_settings(os.environ)
    if kind == "beat":
        serve_beat(settings)
        return 0
    program = (sys.executable, "-m", os.environ.get(PROGRAM, "tests.worker.faults.stand_in"))
    return serve_worker(settings, os.environ, concurrency=int(concurrency), with_beat=False, program=program)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
