import pytest

from numera.formula import FormulaError, tokens_of, value_of


@pytest.mark.parametrize(
    ("text", "value"),
    [("1 + 2 * 3", 7.0), ("(1 + 2) * 3", 9.0), ("-a", -4.0), ("8 / a - 1", 1.0), ("2 * (a - 1.5)", 5.0)],
)
def test_values(text, value):
    assert value_of(text, {"a": 4.0}) == value


@pytest.mark.parametrize("text", ["", "1 +", "(1", "1 2", "1 / 0", "?"])
def test_what_makes_no_sense_is_refused(text):
    with pytest.raises(FormulaError):
        value_of(text, {})


def test_an_unknown_name_is_an_error():
    with pytest.raises(KeyError):
        value_of("b", {})


def test_tokens_have_kinds():
    assert tokens_of("a+1 ") == [("name", "a"), ("sign", "+"), ("number", "1")]
