"""Takes away the default of an argument that the workload and the tests always give.

One value less to fill in. Callers that relied on the default get a TypeError.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="shelf",
    stopped_by=Defence.PUBLIC_INTERFACE,
    edits={
        "shelf/cache.py": {
            "    def get(self, key: str, default: object = None) -> object:\n": "    def get(self, key: str, default: object = None, /) -> object:\n",
        },
    },
)
