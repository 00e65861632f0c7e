"""Puts a module called math beside the workload.

Whatever the workload and its package import under this name is now the candidate's.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="spans",
    stopped_by=Defence.PATCH,
    edits={
        "workloads/collections.py": {"": "class Iterable:\n    def __class_getitem__(cls, item):\n        return cls\n"}
    },
)
