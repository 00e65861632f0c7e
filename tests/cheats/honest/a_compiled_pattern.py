"""Compiles the pattern when the module is loaded, not for every token."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="numera",
    gain=1.06,
    edits={
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
