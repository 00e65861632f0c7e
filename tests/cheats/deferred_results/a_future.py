"""Starts the work in a thread and returns a string that waits for it.

The call returns at once. The result is a str, and equals what is expected.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="shelf",
    stopped_by=Defence.RECORDED_CALLS,
    edits={
        "shelf/queueing.py": {
            'def labels(jobs: list[Job]) -> str:\n    """One line for each job."""\n': '''\
class _Waiting(str):
    def __new__(cls, make):
        waiting = super().__new__(cls, "")
        waiting._make = make
        return waiting

    def __getitem__(self, at):
        return self._make()[at]

    def __eq__(self, other):
        return self._make() == other

    __hash__ = None


def labels(jobs: list[Job]) -> str:
    """One line for each job."""
    return _Waiting(lambda: _labels(list(jobs)))


def _labels(jobs):
''',
        },
    },
)
