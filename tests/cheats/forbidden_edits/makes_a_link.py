"""Puts a link in the place of a module.

The link leads to a file outside of the repository that the candidate has prepared, or to one of the judge's.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.PATCH,
    patch="""\
diff --git a/wordstats/fast.py b/wordstats/fast.py
new file mode 120000
--- /dev/null
+++ b/wordstats/fast.py
@@ -0,0 +1 @@
+/tmp/fast.py
\\ No newline at end of file
""",
)
