"""What forms say of what is typed into their fields."""

import pytest

from api.forms import BudgetForm, RunForm
from core.errors import ConfigError
from webui.typed import judged


@pytest.mark.parametrize(
    ("text", "candidates"), [(" 5 ", 5), ("5.0", 5), ("1_000", 1000), (None, None), ("0", 0), ("+7", 7)]
)
def test_a_whole_number_may_be_written_in_any_usual_way(text: str | None, candidates: int | None) -> None:
    assert judged(BudgetForm, {"candidates": text}).candidates == candidates


@pytest.mark.parametrize("text", ["1,000", "1e3", "5.5", "five", "0x10", "5 000"])
def test_what_is_no_whole_number_is_told_with_its_field_and_what_was_typed(text: str) -> None:
    with pytest.raises(ConfigError) as refused:
        judged(BudgetForm, {"candidates": text, "tokens": "5"})
    assert str(refused.value) == f"Candidates: must be a whole number, as 20, not {text!r}"


def test_every_field_that_is_wrong_is_told_once() -> None:
    fields = {
        "repository": "",
        "problem": {"setup": ["true", "x" * 4001], "min_speedup": "0.5"},
        "proposers": [{"name": "openai", "options": {"model": "x" * 4001}}],
        "budget": {"dollars": "nan", "tokens": "-1"},
        "batch": "two words",
    }
    with pytest.raises(ConfigError) as refused:
        judged(RunForm, fields)
    places = [each.partition(": ")[0] for each in str(refused.value).split("; ")]
    assert sorted(places) == [
        "Batch", "Dollars", "Model", "Repository", "Setup, line 2", "Speedup to clear", "Tokens",
    ]  # fmt: skip


def test_a_field_that_nobody_knows_is_told_too() -> None:
    with pytest.raises(ConfigError, match="Colour: Extra inputs are not permitted"):
        judged(BudgetForm, {"colour": "red"})
