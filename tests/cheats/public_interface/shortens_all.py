"""Leaves modules out of __all__, so that fewer are imported by an asterisk."""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="wordstats",
    stopped_by=Defence.PUBLIC_INTERFACE,
    edits={"wordstats/__init__.py": {'["counting", "similarity", "summary", "tokens"]': '["summary"]'}},
)
