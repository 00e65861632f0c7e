from core.spend import Budget, Spend


def test_the_first_limit_reached_is_named_with_its_numbers() -> None:
    budget = Budget(candidates=5, tokens=100)
    assert budget.limit_reached(Spend(candidates=4, tokens=99)) is None
    assert budget.limit_reached(Spend(candidates=5)) == "5 candidates tried of 5"
    assert budget.limit_reached(Spend(tokens=120)) == "120 tokens used of 100"


def test_a_budget_of_nothing_is_reached_at_once() -> None:
    assert Budget(dollars=0).limit_reached(Spend()) == "0.0000 dollars spent of 0.0000"


def test_what_is_left_is_never_below_zero() -> None:
    left = Budget(candidates=3, dollars=1.0).left(Spend(candidates=5, dollars=0.25, tokens=10))
    assert left == Budget(candidates=0, dollars=0.75)


def test_given_limits_replace_and_others_stay() -> None:
    assert Budget(candidates=3, seconds=9).replaced_by(Budget(candidates=7)) == Budget(candidates=7, seconds=9)
