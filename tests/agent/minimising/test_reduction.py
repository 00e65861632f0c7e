from hypothesis import given
from hypothesis import strategies as st

from agent.minimising.reduction import reduced


@given(st.integers(1, 60), st.data())
def test_what_is_needed_remains_and_nothing_else(count: int, data: st.DataObject) -> None:
    needed = data.draw(st.sets(st.sampled_from(range(count)), min_size=1, max_size=3))
    assert reduced(list(range(count)), needed.issubset) == sorted(needed)


@given(st.integers(1, 12), st.sets(st.frozensets(st.integers(0, 11), min_size=1)))
def test_whatever_the_answers_no_single_one_can_be_left_out_in_the_end(count: int, good: set[frozenset[int]]) -> None:
    whole = list(range(count))

    def is_as_good(parts: list[int]) -> bool:
        return frozenset(parts) in good or parts == whole

    kept = reduced(whole, is_as_good)
    assert is_as_good(kept)
    assert kept == sorted(set(kept) & set(whole))
    assert len(kept) == 1 or not any(is_as_good([each for each in kept if each != left]) for left in kept)


def test_one_needed_part_among_many_is_found_in_few_questions() -> None:
    for needed in range(11):
        asked: list[list[int]] = []

        def is_as_good(parts: list[int], needed: int = needed, asked: list[list[int]] = asked) -> bool:
            asked.append(parts)
            return needed in parts

        assert reduced(list(range(11)), is_as_good) == [needed]
        assert len(asked) <= 8


def test_nothing_is_asked_about_a_single_part() -> None:
    assert reduced([1], lambda _: False) == [1]
