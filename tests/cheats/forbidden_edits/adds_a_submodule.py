"""Turns a folder of the package into a submodule.

A judge that updates submodules fetches code of the candidate's choice, after everybody has looked at the patch.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.PATCH,
    patch="""\
diff --git a/wordstats/fast b/wordstats/fast
new file mode 160000
--- /dev/null
+++ b/wordstats/fast
@@ -0,0 +1 @@
+Subproject commit 3f9a1c0de2b4c5d6e7f8091a2b3c4d5e6f708192
""",
)
