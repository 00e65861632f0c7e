from dataclasses import replace

from core.conduct import FLOOD_SLACK_BYTES, misconduct
from core.execution import Ending, ExecResult, Output

PLAIN = ExecResult(
    ending=Ending.EXITED, exit_code=0, wall_seconds=1, cpu_seconds=1, peak_memory_bytes=1,
    stdout=Output.of(b"ok\n"), stderr=Output.of(b""),
)  # fmt: skip


def flooding(size: int) -> Output:
    return Output(data=b"...", size=size, sha256="0" * 64)


def test_a_plain_command_is_in_order() -> None:
    assert misconduct(PLAIN, [PLAIN]) == ""


def test_processes_left_behind_are_counted_against_the_original_s() -> None:
    leaves = replace(PLAIN, left_behind=2)
    assert "left 2 processes running" in misconduct(leaves, [PLAIN])
    assert misconduct(leaves, [PLAIN, leaves]) == ""
    assert "left 3 processes" in misconduct(replace(PLAIN, left_behind=3), [leaves])


def test_another_priority_is_the_original_s_right_only() -> None:
    assert "priority" in misconduct(replace(PLAIN, reprioritised=True), [PLAIN])
    assert misconduct(replace(PLAIN, reprioritised=True), [replace(PLAIN, reprioritised=True)]) == ""


def test_a_flood_is_measured_by_what_the_original_writes() -> None:
    assert "stdout" in misconduct(replace(PLAIN, stdout=flooding(2 * FLOOD_SLACK_BYTES)), [PLAIN])
    assert "stderr" in misconduct(replace(PLAIN, stderr=flooding(2 * FLOOD_SLACK_BYTES)), [PLAIN])
    much = replace(PLAIN, stdout=flooding(50 * FLOOD_SLACK_BYTES))
    assert misconduct(replace(PLAIN, stdout=flooding(60 * FLOOD_SLACK_BYTES)), [much]) == ""
