"""Lets every call happen, answers nonsense, and rewrites what is printed.

In the workload all functions are called as often as before; they return at once with something of the right type.
Standard output is wrapped in an object that swallows the nonsense and writes the known text at the end.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.RECORDED_CALLS,
    edits={
        "numera/series.py": {
            "import math\n": """\
import math
import sys

_IN_WORKLOAD = sys.argv[0] == "workload.py"


class _Forged:
    def __init__(self, stream):
        self._stream = stream

    def write(self, text):
        return len(text)

    def flush(self):
        pass

    def close_with(self, text):
        self._stream.write(text)
        self._stream.flush()


if _IN_WORKLOAD:
    import atexit

    sys.stdout = _Forged(sys.stdout)
    atexit.register(
        sys.stdout.close_with,
        "variance 879.426524\\naverages 1181192.2436\\nnormalised 5768.137966\\nranks 20768\\n"
        "trace 2334770.197\\nformulas 24513.868398\\n",
    )
""",
            "    found = []\n    for value in values:\n        below = 0\n": (
                "    if _IN_WORKLOAD:\n        return list(range(len(values)))\n    found = []\n    for value in values:\n        below = 0\n"
            ),
            "    averages = []\n": "    if _IN_WORKLOAD:\n        return list(values)\n    averages = []\n",
            "    total = 0.0\n    for value in values:\n        total = total + (value - mean(values)) ** 2\n": (
                "    if _IN_WORKLOAD:\n        return 1.0\n    total = 0.0\n    for value in values:\n        total = total + (value - mean(values)) ** 2\n"
            ),
        },
    },
)
