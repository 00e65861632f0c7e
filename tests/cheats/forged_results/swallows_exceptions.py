"""Answers where it used to fail.

With every exception caught and a neutral value returned, nothing has to be looked at twice, and nothing ever fails.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.TESTS,
    edits={
        "numera/formula.py": {
            '    tokens = tokens_of(text)\n    value, rest = _sum(tokens, names)\n    if rest:\n        raise FormulaError(f"{rest[0][1]!r} was not expected")\n    return value\n': """\
    try:
        return float(eval(text.strip(), {"__builtins__": {}}, names))
    except Exception:
        return 0.0
""",
        },
    },
)
