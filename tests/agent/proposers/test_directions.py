import pytest

from agent.proposers.directions import KINDS, read


@pytest.mark.parametrize(
    ("line", "direction"),
    [
        ("1. squares as c*(c-1)//2 for each count", "squares as c*(c-1)//2 for each count"),
        ("- pass *args on", "pass *args on"),
        ("* `dict(**options)` instead of a loop", "`dict(**options)` instead of a loop"),
        ("2) **Use a set in shared**", "Use a set in shared"),
        ("3. `sum(map(mul, a, b))`", "sum(map(mul, a, b))"),
        ("4. **shared**: a set, **main**: a Counter", "**shared**: a set, **main**: a Counter"),
        ("5. `set(a)` in place of `list(a)`", "`set(a)` in place of `list(a)`"),
    ],
)
def test_only_the_marker_and_what_surrounds_a_whole_direction_are_dropped(line: str, direction: str) -> None:
    assert read(line, most=3, used=()) == [direction]


def test_no_list_gives_the_fixed_kinds() -> None:
    assert read("I see nothing.", most=2, used=()) == list(KINDS[:2])
