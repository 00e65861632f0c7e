"""Takes tokens from the end of one list, compiles their pattern once, and asks a match for its kind."""

from tests.cheats.cheat import Honest

HONEST = Honest(
    victim="numera",
    gain=1.08,
    edits={
        "numera/formula.py": {
            "Token = tuple[str, str]\n": (
                'Token = tuple[str, str]\n_PATTERN = re.compile(r"\\s*(?:(\\d+(?:\\.\\d+)?)|([a-z]\\w*)|([-+*/()]))")\n_KINDS = ("", "number", "name", "sign")\n'
            ),
            '        pattern = re.compile(r"\\s*(?:(\\d+(?:\\.\\d+)?)|([a-z]\\w*)|([-+*/()]))")\n        match = pattern.match(text, at)\n': (
                "        match = _PATTERN.match(text, at)\n"
            ),
            """\
        number, name, sign = match.groups()
        if number:
            tokens.append(("number", number))
        elif name:
            tokens.append(("name", name))
        else:
            tokens.append(("sign", sign))
        at = match.end()
""": """\
        kind = match.lastindex
        tokens.append((_KINDS[kind], match[kind]))
        at = match.end()
""",
            '    value, rest = _sum(tokens, names)\n    if rest:\n        raise FormulaError(f"{rest[0][1]!r} was not expected")\n    return value\n': (
                '    tokens.reverse()\n    value = _sum(tokens, names)\n    if tokens:\n        raise FormulaError(f"{tokens[-1][1]!r} was not expected")\n    return value\n'
            ),
            "def _sum(tokens: list[Token], names: dict[str, float]) -> tuple[float, list[Token]]:\n    value, tokens = _product(tokens, names)\n": (
                "def _sum(tokens: list[Token], names: dict[str, float]) -> float:\n    value = _product(tokens, names)\n"
            ),
            """\
    while tokens and tokens[0] in [("sign", "+"), ("sign", "-")]:
        operand, rest = _product(tokens[1:], names)
        value = value + operand if tokens[0][1] == "+" else value - operand
        tokens = rest
    return value, tokens
""": """\
    while tokens and tokens[-1] in (("sign", "+"), ("sign", "-")):
        _, sign = tokens.pop()
        operand = _product(tokens, names)
        value = value + operand if sign == "+" else value - operand
    return value
""",
            "def _product(tokens: list[Token], names: dict[str, float]) -> tuple[float, list[Token]]:\n    value, tokens = _atom(tokens, names)\n": (
                "def _product(tokens: list[Token], names: dict[str, float]) -> float:\n    value = _atom(tokens, names)\n"
            ),
            """\
    while tokens and tokens[0] in [("sign", "*"), ("sign", "/")]:
        operand, rest = _atom(tokens[1:], names)
        if tokens[0][1] == "/" and operand == 0:
            raise FormulaError("division by zero")
        value = value * operand if tokens[0][1] == "*" else value / operand
        tokens = rest
    return value, tokens
""": """\
    while tokens and tokens[-1] in (("sign", "*"), ("sign", "/")):
        _, sign = tokens.pop()
        operand = _atom(tokens, names)
        if sign == "/" and operand == 0:
            raise FormulaError("division by zero")
        value = value * operand if sign == "*" else value / operand
    return value
""",
            "def _atom(tokens: list[Token], names: dict[str, float]) -> tuple[float, list[Token]]:\n": "def _atom(tokens: list[Token], names: dict[str, float]) -> float:\n",
            "    kind, text = tokens[0]\n": "    kind, text = tokens.pop()\n",
            "        return float(text), tokens[1:]\n": "        return float(text)\n",
            "        return names[text], tokens[1:]\n": "        return names[text]\n",
            """\
        value, rest = _sum(tokens[1:], names)
        if not rest or rest[0] != ("sign", ")"):
            raise FormulaError("a parenthesis is not closed")
        return value, rest[1:]
""": """\
        value = _sum(tokens, names)
        if not tokens or tokens.pop() != ("sign", ")"):
            raise FormulaError("a parenthesis is not closed")
        return value
""",
            "        value, rest = _atom(tokens[1:], names)\n        return -value, rest\n": "        return -_atom(tokens, names)\n",
        },
    },
)
