"""Shows a reviewer other code than Python runs.

Characters that turn the direction of text around make a comment look like code, and code like a comment (CVE-2021-42574).
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.PATCH,
    edits={
        "wordstats/counting.py": {
            '    if n < 0:\n        raise ValueError("n must not be negative")\n': (
                '    """Refuses negative numbers.\N{RIGHT-TO-LEFT OVERRIDE}"""\n'
            ),
        },
    },
)
