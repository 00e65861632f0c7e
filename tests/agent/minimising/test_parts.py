from hypothesis import given
from hypothesis import strategies as st

from agent.minimising.parts import parts_of, patch_of
from core import patch as patches

MANY = {"many.py": "".join(f"line {number}\nkept\n" for number in range(40))}


def many_changes(count: int) -> str:
    text = MANY["many.py"]
    for number in range(count):
        text = text.replace(f"line {number}\n", f"changed {number}\n")
    return patches.diff(MANY, {"many.py": text})


@given(st.integers(1, 40), st.sets(st.integers(0, 39)))
def test_the_patch_of_some_parts_makes_just_their_changes(count: int, chosen: set[int]) -> None:
    parts = parts_of(many_changes(count), MANY)
    some = [part for number, part in enumerate(parts) if number in chosen]
    lines = patches.apply(patch_of(some, MANY), MANY)["many.py"] if some else MANY["many.py"]
    assert lines is not None
    assert lines.count("changed") == len(some)


def test_a_created_file_is_one_part() -> None:
    created = patches.diff({}, {"new.py": "a = 1\n\n\nb = 2\n"})
    assert len(parts_of(created, {})) == 1
