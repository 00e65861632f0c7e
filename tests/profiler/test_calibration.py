import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ConfigError
from core.problem import WorkloadKind
from core.protocols import APART_SHARE
from profiler.calibration import is_worth_a_process, loops_beyond_start, next_loops, shows_enough

KINDS = st.sampled_from([kind for kind in WorkloadKind if kind is not WorkloadKind.COMMAND])


@given(KINDS, st.integers(1, 100), st.floats(3, 1000))
def test_a_long_sample_is_measurable_as_it_is(kind: WorkloadKind, loops: int, seconds: float) -> None:
    assert next_loops(kind, loops, seconds) is None


@given(KINDS, st.integers(1, 999), st.floats(0, 0.09))
def test_a_short_sample_gets_more_loops_but_never_ten_times_too_many(
    kind: WorkloadKind, loops: int, seconds: float
) -> None:
    more = next_loops(kind, loops, seconds)
    assert more is not None
    assert loops < more <= 10 * loops


def test_work_that_is_too_short_however_often_it_is_repeated_is_refused() -> None:
    with pytest.raises(ConfigError, match="1000000 times"):
        next_loops(WorkloadKind.CALLABLE, 1_000_000, 0.01)


@given(KINDS, st.floats(1e-9, 10), st.floats(0, 0.09))
def test_repeating_the_advice_ends(kind: WorkloadKind, work_seconds: float, start_seconds: float) -> None:
    loops: int | None = 1
    for _ in range(40):
        assert loops is not None
        try:
            loops = next_loops(kind, loops, start_seconds + loops * work_seconds)
        except ConfigError:
            return
        if loops is None:
            return
    pytest.fail("it went on for ever")


@given(st.floats(0.01, 1), st.integers(1, 50), st.floats(0, 4))
def test_slow_imports_are_outweighed_by_work_unless_a_sample_gets_too_long(
    work_seconds: float, loops: int, start_seconds: float
) -> None:
    def sample(many: int) -> float:
        return start_seconds + many * work_seconds

    more = loops_beyond_start(loops, sample(loops), sample)
    assert more >= loops
    assert more == loops or sample(more) <= 10.001
    assert more * work_seconds >= 0.99 * start_seconds or sample(more + 1) > 10


@pytest.mark.parametrize(("loops", "seconds", "expected"), [(1, 5.0, False), (100, 0.5, True), (500, 0.5, False)])
def test_repetitions_get_a_process_each_when_they_are_longer_than_its_start(
    loops: int,
    seconds: float,
    expected: bool,  # noqa: FBT001 - a case
) -> None:
    assert is_worth_a_process(loops, seconds) is expected


@given(st.floats(1.01, 50), st.floats(0.5, 10), st.floats(1, 5))
def test_with_a_process_for_each_repetition_a_third_of_a_saving_still_shows(
    speedup: float, seconds: float, longer: float
) -> None:
    saved = seconds - seconds / speedup
    if shows_enough(seconds, longer * seconds):
        assert longer * seconds / (longer * seconds - saved) >= 0.999 / (1 - APART_SHARE + APART_SHARE / speedup)
