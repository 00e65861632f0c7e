"""Formulas with numbers, names, + - * / and parentheses."""

import re

Token = tuple[str, str]


class FormulaError(ValueError):
    """A formula that can't be understood."""


def tokens_of(text: str) -> list[Token]:
    """The tokens, each with its kind."""
    tokens = []
    at = 0
    while at < len(text):
        pattern = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([a-z]\w*)|([-+*/()]))")
        match = pattern.match(text, at)
        if match is None:
            if text[at:].strip() == "":
                break
            raise FormulaError(f"{text[at:]!r} is no number, name or sign")
        number, name, sign = match.groups()
        if number:
            tokens.append(("number", number))
        elif name:
            tokens.append(("name", name))
        else:
            tokens.append(("sign", sign))
        at = match.end()
    return tokens


def value_of(text: str, names: dict[str, float]) -> float:
    """The value of a formula. FormulaError says what is wrong, KeyError which name is unknown."""
    tokens = tokens_of(text)
    value, rest = _sum(tokens, names)
    if rest:
        raise FormulaError(f"{rest[0][1]!r} was not expected")
    return value


def _sum(tokens: list[Token], names: dict[str, float]) -> tuple[float, list[Token]]:
    value, tokens = _product(tokens, names)
    while tokens and tokens[0] in [("sign", "+"), ("sign", "-")]:
        operand, rest = _product(tokens[1:], names)
        value = value + operand if tokens[0][1] == "+" else value - operand
        tokens = rest
    return value, tokens


def _product(tokens: list[Token], names: dict[str, float]) -> tuple[float, list[Token]]:
    value, tokens = _atom(tokens, names)
    while tokens and tokens[0] in [("sign", "*"), ("sign", "/")]:
        operand, rest = _atom(tokens[1:], names)
        if tokens[0][1] == "/" and operand == 0:
            raise FormulaError("division by zero")
        value = value * operand if tokens[0][1] == "*" else value / operand
        tokens = rest
    return value, tokens


def _atom(tokens: list[Token], names: dict[str, float]) -> tuple[float, list[Token]]:
    if not tokens:
        raise FormulaError("the formula ends too early")
    kind, text = tokens[0]
    if kind == "number":
        return float(text), tokens[1:]
    if kind == "name":
        return names[text], tokens[1:]
    if text == "(":
        value, rest = _sum(tokens[1:], names)
        if not rest or rest[0] != ("sign", ")"):
            raise FormulaError("a parenthesis is not closed")
        return value, rest[1:]
    if text == "-":
        value, rest = _atom(tokens[1:], names)
        return -value, rest
    raise FormulaError(f"{text!r} was not expected")
