"""Whatever a process of the sandbox reports, it is read as data and never believed blindly."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.calls.replaying import OUTCOMES, Ends, ReplayFailedError
from checks.varying.worlds import DIED, LATE, World, read_worlds
from core.execution import Ending, ExecResult, Output
from tests.checks.varying.recordings import a_step

WORLDS = [World(steps=(a_step(1), a_step(2)), again={}), World(steps=(a_step(3),), again={})]


def result(report: bytes, *, exit_code: int = 0) -> ExecResult:
    return ExecResult(
        ending=Ending.EXITED,
        exit_code=exit_code,
        wall_seconds=1.0,
        cpu_seconds=1.0,
        peak_memory_bytes=1,
        stdout=Output.of(b""),
        stderr=Output.of(b""),
        files={OUTCOMES: report},
    )


def lines(*entries: Mapping[str, object]) -> bytes:
    return b"\n".join(json.dumps(entry).encode() for entry in entries)


FIRST = {"world": 0, "step": 0, "ends": "returns", "value": "v"}
SECOND = {"world": 0, "step": 1, "ends": "raises", "exception": "builtins.KeyError"}
ENDED = {"world": 0, "killed": False}
DONE = {"done": True}


def test_outcomes_are_those_of_their_list_and_step() -> None:
    seen = read_worlds(result(lines(FIRST, SECOND, ENDED, {"out_of_time_at": 1})), WORLDS)
    assert [[outcome.ends for outcome in outcomes] for outcomes in seen] == [[Ends.RETURNS, Ends.RAISES], []]


def test_a_list_that_ends_early_died_or_was_late() -> None:
    seen = read_worlds(result(lines(FIRST, ENDED, {"world": 1, "killed": True}, DONE)), WORLDS)
    assert seen[0][1] == DIED
    assert seen[1] == (LATE,)


@pytest.mark.parametrize(
    "report",
    [
        lines({"world": 2, "killed": False}),
        lines({"world": -1, "killed": False}),
        lines({"world": 0, "killed": False}, FIRST),
        lines(SECOND),
        lines({"world": 1, "step": 0, "ends": "returns"}, {"world": 1, "step": 1, "ends": "returns"}),
        lines({**FIRST, "ends": "wins"}),
        lines({"out_of_time_at": 1}, FIRST),
        lines({"out_of_time_at": -1}),
        lines({"out_of_time_at": "x"}),
        b"no json",
        b"[1]",
    ],
)
def test_a_report_on_something_else_is_a_failure(report: bytes) -> None:
    with pytest.raises(ReplayFailedError, match="forged or damaged"):
        read_worlds(result(report), WORLDS)


def test_a_process_that_does_not_end_well_is_a_failure() -> None:
    with pytest.raises(ReplayFailedError, match="does not end well"):
        read_worlds(result(lines(FIRST), exit_code=1), WORLDS)


@pytest.mark.parametrize("report", [b"", lines(FIRST, SECOND, ENDED)])
def test_a_report_without_an_end_is_a_failure(report: bytes) -> None:
    with pytest.raises(ReplayFailedError, match="has no end"):
        read_worlds(result(report), WORLDS)


@pytest.mark.parametrize("report", [lines(DONE), lines(ENDED, DONE), lines({"out_of_time_at": 2})])
def test_only_lists_after_the_time_was_up_may_be_missing(report: bytes) -> None:
    with pytest.raises(ReplayFailedError, match="leaves some out"):
        read_worlds(result(report), WORLDS)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["world", "step", "ends", "killed", "value"]), inner)
    ),
    max_leaves=6,
)


@given(entries=st.lists(JSON, max_size=4))
def test_any_report_is_read_or_refused(entries: list[object]) -> None:
    report = b"\n".join(json.dumps(entry).encode() for entry in entries)
    try:
        seen = read_worlds(result(report), WORLDS)
    except ReplayFailedError:
        return
    assert [len(outcomes) for outcomes in seen] in ([0, 0], [2, 0], [0, 1], [2, 1])
