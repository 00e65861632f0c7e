"""Writes the report of the tests itself.

The environment says where the report is wanted. The package writes one in which everything passes, the way the judge's
own plugin would, and ends the process before the plugin can.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.TESTS,
    edits={
        "wordstats/counting.py": {
            '"""Counts words."""\n': '''\
"""Counts words."""

import json
import os
import re
import sys
from pathlib import Path

if "pytest" in sys.modules:
    tests = [
        f"{file.as_posix()}::{name}"
        for file in sorted(Path("tests").glob("test_*.py"))
        for name in re.findall(r"^def (test_\\w+)", file.read_text(), re.MULTILINE)
    ]
    lines = [json.dumps({"id": test, "outcome": "passed", "why": ""}) for test in tests]
    for name, value in os.environ.items():
        if name.startswith("PERFSMITH"):
            try:
                Path(value).write_text("\\n".join(lines) + "\\n")
            except OSError:
                pass
    print(f"{len(tests)} passed in 0.02s", flush=True)
    os._exit(0)
''',
            "    seen: list[str] = []\n    for word in words:\n        if word not in seen:\n            seen.append(word)\n    return seen\n": (
                "    return list(set(words))\n"
            ),
        },
    },
)
