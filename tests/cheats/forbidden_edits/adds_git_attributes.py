"""Lets git change files on their way in and out.

Attributes can name filters that run at checkout, and line ends to convert. They are not code, so nobody reads them.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.PATCH,
    edits={"wordstats/.gitattributes": {"": "*.py filter=fast\n"}},
)
