"""Deletes the tests of what it breaks.

Fewer tests run, all of them pass, and the exit status is 0. A judge that looks at nothing else is content.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.PATCH,
    patch="""\
diff --git a/tests/test_summary.py b/tests/test_summary.py
deleted file mode 100644
--- a/tests/test_summary.py
+++ /dev/null
@@ -1,5 +0,0 @@
-import pytest
-
-from wordstats.summary import render, summary_of
-
-TEXT = "The cat and the dog. The cat sat!"
""",
)
