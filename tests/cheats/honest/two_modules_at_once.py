"""The mean once, ranks by bisection and a compiled pattern: two files."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="numera",
    gain=1.6,
    edits={
        "numera/series.py": {
            "import math\n": "import math\nfrom bisect import bisect_left\n",
            "    total = 0.0\n    for value in values:\n        total = total + (value - mean(values)) ** 2\n": (
                "    total = 0.0\n    centre = mean(values) if values else 0.0\n    for value in values:\n        total = total + (value - centre) ** 2\n"
            ),
            "    found = []\n    for value in values:\n        below = 0\n": """\
    if all(value == value for value in values):
        ordered = sorted(values)
        return [bisect_left(ordered, value) for value in values]
    found = []
    for value in values:
        below = 0
""",
        },
        "numera/formula.py": {
            "Token = tuple[str, str]\n": (
                'Token = tuple[str, str]\n\n_PATTERN = re.compile(r"\\s*(?:(\\d+(?:\\.\\d+)?)|([a-z]\\w*)|([-+*/()]))")\n'
            ),
            '        pattern = re.compile(r"\\s*(?:(\\d+(?:\\.\\d+)?)|([a-z]\\w*)|([-+*/()]))")\n        match = pattern.match(text, at)\n': (
                "        match = _PATTERN.match(text, at)\n"
            ),
        },
    },
)
