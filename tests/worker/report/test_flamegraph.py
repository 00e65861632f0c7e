"""Stacks as a flame graph."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.profile import Stack
from worker.report.flamegraph import DEEPEST, flame, is_own

STACKS = st.lists(
    st.builds(
        lambda frames, weight: Stack(frames=tuple(frames), weight=weight),
        st.lists(st.sampled_from("abcd"), max_size=8),
        st.floats(0, 100),
    ),
    max_size=30,
)


def test_the_same_frame_on_the_same_path_is_one_rectangle() -> None:
    drawn = flame(
        [
            Stack(frames=("a.py:f", "a.py:g"), weight=1),
            Stack(frames=("a.py:f", "a.py:h"), weight=2),
            Stack(frames=("a.py:f", "a.py:g"), weight=1),
        ]
    )

    assert drawn
    assert {(frame.label, frame.level, frame.width) for frame in drawn.frames} == {
        ("everything", 0, 100),
        ("f", 1, 100),
        ("g", 2, 50),
        ("h", 2, 50),
    }


def test_a_function_that_calls_itself_is_drawn_once() -> None:
    drawn = flame([Stack(frames=("a.py:f",) * 5000 + ("a.py:g",), weight=1)])

    assert drawn
    assert drawn.levels == 3


def test_deep_stacks_are_cut() -> None:
    drawn = flame([Stack(frames=tuple(f"a.py:f{at}" for at in range(3000)), weight=1)])

    assert drawn
    assert drawn.levels == DEEPEST + 1


def test_frames_too_small_to_see_are_counted_and_left_out() -> None:
    stacks = [
        Stack(frames=("a.py:big",), weight=10_000),
        *(Stack(frames=(f"a.py:f{at}",), weight=1) for at in range(2000)),
    ]
    drawn = flame(stacks)

    assert drawn
    assert len(drawn.frames) == 2
    assert drawn.hidden == 2000


def test_the_runners_frames_that_hold_everything_are_folded() -> None:
    drawn = flame([Stack(frames=("/lib/runpy.py:run", "/lib/runpy.py:code", "m.py:main"), weight=1)])

    assert drawn
    assert [frame.label for frame in drawn.frames] == ["code", "main"]
    assert drawn.frames[0].words == "all of it passes through here: /lib/runpy.py:code: 100.0 %"


@pytest.mark.parametrize("stacks", [[], [Stack(frames=("a",), weight=0)]])
def test_stacks_that_weigh_nothing_have_no_flame_graph(stacks: list[Stack]) -> None:
    assert flame(stacks) is None


@pytest.mark.parametrize("frame", ["src/a.py:f", "f (src/a.py:12)", "src/a.py:3:f"])
def test_a_relative_path_is_the_repositorys(frame: str) -> None:
    assert is_own(frame)


@pytest.mark.parametrize(
    "frame",
    ["/usr/lib/a.py:f", "f (/usr/lib/a.py:1)", "<built-in>:len", "f (<frozen runpy>:1)", "C:\\lib\\a.py:f", "main"],
)
def test_everything_else_is_a_librarys(frame: str) -> None:
    assert not is_own(frame)


@given(STACKS)
def test_children_lie_within_the_whole_and_never_overlap(stacks: list[Stack]) -> None:
    drawn = flame(stacks)
    if drawn is None:
        return
    for level in range(drawn.levels):
        places = sorted((frame.left, frame.left + frame.width) for frame in drawn.frames if frame.level == level)
        assert places
        assert places[0][0] >= 0
        assert places[-1][1] <= 100.01
        assert all(right <= left + 0.01 for (_, right), (left, _) in pairwise(places))
