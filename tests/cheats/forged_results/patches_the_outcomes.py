"""Makes every test pass by patching pytest from inside.

The package replaces the method that makes a report of a test's phase. Tests run and fail, and are reported as passed,
by the same process that a plugin of the judge lives in.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.TESTS,
    edits={
        "wordstats/counting.py": {
            '"""Counts words."""\n': '''\
"""Counts words."""

import sys

if "_pytest.reports" in sys.modules:
    _reports = sys.modules["_pytest.reports"]
    _made = _reports.TestReport.from_item_and_call

    def _passed(cls, item, call):
        call.excinfo = None
        return _made(item, call)

    _reports.TestReport.from_item_and_call = classmethod(_passed)
''',
            "    seen: list[str] = []\n    for word in words:\n        if word not in seen:\n            seen.append(word)\n    return seen\n": (
                "    return sorted(set(words))\n"
            ),
        },
    },
)
