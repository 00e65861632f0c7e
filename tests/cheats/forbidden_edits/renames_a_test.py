"""Renames a test file so that it is not collected any more.

Nothing is edited in it. Only the names of the section tell what happens, and there is no hunk to look at.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.PATCH,
    patch="""\
diff --git a/tests/test_counting.py b/wordstats/counting_examples.py
similarity index 100%
rename from tests/test_counting.py
rename to wordstats/counting_examples.py
""",
)
