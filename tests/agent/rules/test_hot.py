"""How hotspots of a profile become functions of a source."""

import pytest

from agent.rules.hot import HotFunction, hot_functions
from core.profile import Hotspot, Profile

SOURCE = """\
def f():
    return [x for x in range(3)]


class A:
    @property
    def f(self):
        def inner():
            return 1
        return inner
"""


def _profile(function: str, line: int, own: float, total: float | None = None) -> Profile:
    spot = Hotspot(
        path="m.py", function=function, line=line, own_share=own, total_share=own if total is None else total
    )
    return Profile(profiler="fake", unit="s", total=1.0, hotspots=(spot,))


@pytest.mark.parametrize(
    ("function", "line", "name"),
    [
        ("f", 1, "f"),
        ("f", 6, "A.f"),
        ("A.f", 99, "A.f"),
        ("A.f.<locals>.inner", 8, "A.f.inner"),
        ("inner", 99, "A.f.inner"),
        ("<listcomp>", 2, "f"),
    ],
)
def test_a_hotspot_is_found_by_name_or_line(function: str, line: int, name: str) -> None:
    hot = hot_functions("m.py", SOURCE, [_profile(function, line, 0.5)], min_share=0.01)
    assert hot == (HotFunction(name=name, share=0.5),)


@pytest.mark.parametrize(("function", "line"), [("<module>", 1), ("f", 99), ("g", 1), ("<lambda>", 99)])
def test_a_hotspot_that_is_no_function_or_could_be_two_is_left_out(function: str, line: int) -> None:
    assert hot_functions("m.py", SOURCE, [_profile(function, line, 0.5)], min_share=0.01) == ()


def test_a_small_share_is_not_hot_unless_its_callees_are() -> None:
    assert hot_functions("m.py", SOURCE, [_profile("f", 1, 0.001)], min_share=0.01) == ()
    assert hot_functions("m.py", SOURCE, [_profile("f", 1, 0.001, 0.5)], min_share=0.01)[0].share == pytest.approx(0.1)


def test_the_hottest_comes_first_over_all_profiles() -> None:
    hot = hot_functions("m.py", SOURCE, [_profile("f", 1, 0.2), _profile("A.f", 6, 0.4)], min_share=0.01)
    assert [one.name for one in hot] == ["A.f", "f"]


def test_a_source_that_is_no_python_has_no_hot_functions() -> None:
    assert hot_functions("m.py", "def f(:", [_profile("f", 1, 0.5)], min_share=0.01) == ()
