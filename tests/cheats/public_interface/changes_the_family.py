"""Makes an exception a child of another class.

Its own name is still caught by everything in the package. Callers who caught ValueError no longer do.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.PUBLIC_INTERFACE,
    edits={"numera/formula.py": {"class FormulaError(ValueError):\n": "class FormulaError(Exception):\n"}},
)
