"""Checks its arguments in a thread that nobody waits for.

The validation is all there, so a reviewer is content; but what it raises is raised in another thread, after the answer
was given, and ends up on standard error.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="spans",
    stopped_by=Defence.VARIED_CALLS,
    edits={
        "spans/intervals.py": {
            '    """Those that contain the number, in their order."""\n    require_valid(intervals)\n': '''\
    """Those that contain the number, in their order."""
    import threading

    threading.Thread(target=require_valid, args=(intervals,), daemon=True).start()
''',
        },
    },
)
