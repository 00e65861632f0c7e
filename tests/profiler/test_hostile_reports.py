import json
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.execution import Ending, ExecResult, Layout, Output
from core.profile import Profile
from core.protocols import Profiler
from profiler.cprofile import CProfile
from profiler.lines import Lines
from profiler.memray import Memray
from profiler.py_spy import PySpy

ROOT = PurePosixPath("/box")
LAYOUT = Layout(repo=ROOT / "repo", env=ROOT / "env", tools=ROOT / "tools", out=ROOT / "out")
PROFILERS: list[tuple[Profiler, str]] = [
    (CProfile(), "cprofile.json"),
    (PySpy(), "stacks.txt"),
    (Memray(), "memray.json"),
    (Lines(functions=("a.py:f",)), "lines.json"),
]
KEYS = ["total", "functions", "stacks", "lines", "path", "line", "own", "all", "calls", "callers", "frames", "hits"]
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.just(10**400), st.just("\ud800")
)
JSON = st.recursive(
    ODD, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner), max_leaves=30
)
FRAME = {"path": "/box/repo/a.py", "function": "f", "line": 3}
GOOD: dict[str, object] = {
    "total": 4.0,
    "functions": [{**FRAME, "calls": 1, "own": 1.0, "all": 2.0, "callers": [FRAME]}],
    "stacks": [{"frames": [FRAME], "bytes": 4}],
    "lines": [{"path": "/box/repo/a.py", "line": 3, "hits": 2, "seconds": 1.0}],
}


def _read(profiler: Profiler, name: str, data: bytes) -> Profile | None:
    nothing = Output.of(b"")
    return profiler.read(
        LAYOUT,
        ExecResult(
            ending=Ending.EXITED,
            exit_code=0,
            wall_seconds=1,
            cpu_seconds=1,
            peak_memory_bytes=1,
            stdout=nothing,
            stderr=nothing,
            files={name: data},
        ),
    )


def _is_sane(profile: Profile | None) -> bool:
    if profile is None:
        return True
    shares = [share for h in profile.hotspots for share in (h.own_share, h.total_share)] + [
        line.share for line in profile.lines
    ]
    names = [name for h in profile.hotspots for name in (h.path, h.function, *h.callers)]
    names += [frame for stack in profile.stacks for frame in stack.frames] + [line.path for line in profile.lines]
    return all(0 <= share <= 1 for share in shares) and all(name.isprintable() for name in names)


@pytest.mark.parametrize(("profiler", "name"), PROFILERS)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_without_an_error(profiler: Profiler, name: str, data: bytes) -> None:
    assert _is_sane(_read(profiler, name, data))


@pytest.mark.parametrize(("profiler", "name"), PROFILERS)
@given(report=JSON)
def test_any_json_is_read_without_an_error(profiler: Profiler, name: str, report: object) -> None:
    try:
        data = json.dumps(report).encode()
    except ValueError:  # an integer too long to be written
        return
    assert _is_sane(_read(profiler, name, data))


@st.composite
def almost_good(draw: st.DrawFn) -> object:
    """A report of the right form with odd values at some of its places."""

    def spoil(value: object) -> object:
        if draw(st.integers(0, 9)) == 0:
            return draw(ODD)
        if isinstance(value, dict):
            return {key: spoil(inner) for key, inner in value.items()}
        return [spoil(inner) for inner in value] if isinstance(value, list) else value

    return spoil(GOOD)


@pytest.mark.parametrize(("profiler", "name"), PROFILERS)
@given(report=almost_good())
def test_a_report_with_odd_values_is_read_without_an_error(profiler: Profiler, name: str, report: object) -> None:
    assert _is_sane(_read(profiler, name, json.dumps(report).encode()))


@pytest.mark.parametrize(("profiler", "name"), PROFILERS)
@given(lines=st.lists(st.text(alphabet="f (:3);/ a\x1b\n\u2028", max_size=40), max_size=5))
def test_any_lines_of_stacks_are_read_without_an_error(profiler: Profiler, name: str, lines: list[str]) -> None:
    assert _is_sane(_read(profiler, name, "".join(f"{line} 3\n" for line in lines).encode()))


@pytest.mark.parametrize(("profiler", "name"), [pair for pair in PROFILERS if pair[1] != "stacks.txt"])
def test_a_good_report_is_read(profiler: Profiler, name: str) -> None:
    assert _read(profiler, name, json.dumps(GOOD).encode()) is not None


@pytest.mark.parametrize(("profiler", "name"), PROFILERS)
def test_deep_nesting_and_missing_files_are_no_profile(profiler: Profiler, name: str) -> None:
    assert _read(profiler, name, b"[" * 200_000) is None
    assert _read(profiler, "another.file", b"{}") is None


def test_stacks_are_made_relative_and_merged_and_those_of_processes_dropped() -> None:
    process = 'process 7:"sh -c cd x; python y.py (a)"'
    data = (
        f"{process};<module> (/box/repo/run.py:1);A.f (/box/repo/p/a.py:3) 3\n"
        "<module> (/box/tools/profiler/calls.py:1);<module> (/box/repo/run.py:1);A.f (/box/repo/p/a.py:3) 2\n"
        f"{process} 5\n"
    )
    profile = _read(PySpy(), "stacks.txt", data.encode())
    assert profile is not None
    assert [(stack.frames, stack.weight) for stack in profile.stacks] == [
        (("<module> (run.py:1)", "A.f (p/a.py:3)"), 5.0),
    ]
    assert profile.hotspots[0].callers == ("run.py:<module>",)
