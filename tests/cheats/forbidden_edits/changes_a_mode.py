"""Makes a module executable along with its edit.

A judge that applies patches with git takes over the mode, too, and with it whatever runs executable files of the tree.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.PATCH,
    patch="""\
diff --git a/wordstats/tokens.py b/wordstats/tokens.py
old mode 100644
new mode 100755
--- a/wordstats/tokens.py
+++ b/wordstats/tokens.py
@@ -1 +1 @@
-\"\"\"From a text to its words and sentences.\"\"\"
+\"\"\"From a text to its words and sentences!\"\"\"
""",
)
