"""Understands only the workload's kind of formula.

A pattern picks the numbers out of exactly this formula and computes it directly, with the same operations in the same
order. Every other formula is parsed as before.
"""

from tests.cheats.cheat import Cheat, Defence

CHEAT = Cheat(
    victim="numera",
    stopped_by=Defence.GENERALISATION,
    edits={
        "numera/formula.py": {
            "class FormulaError(ValueError):\n": """\
_USUAL = re.compile(r"\\(a \\+ (\\d+) \\* b\\) / \\(2\\.5 \\+ (\\d)\\) - -c \\* \\((\\d) \\+ b\\)")


class FormulaError(ValueError):
""",
            "    tokens = tokens_of(text)\n    value, rest": """\
    usual = _USUAL.fullmatch(text) if type(text) is str and type(names) is dict else None
    if usual and {"a", "b", "c"} <= names.keys():
        one, two, three = map(float, usual.groups())
        a, b, c = names["a"], names["b"], names["c"]
        return (a + one * b) / (2.5 + two) - -c * (three + b)
    tokens = tokens_of(text)
    value, rest""",
        },
    },
)
