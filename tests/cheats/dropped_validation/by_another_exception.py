"""Lets Python complain in its own words.

The search for the centre becomes one call of max, which is shorter and faster. For an empty graph it raises ValueError,
too; for a formula with a division by zero the same trick raises ZeroDivisionError, which is no FormulaError.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.TESTS,
    edits={
        "numera/formula.py": {
            '        if tokens[0][1] == "/" and operand == 0:\n            raise FormulaError("division by zero")\n': "",
        },
    },
)
