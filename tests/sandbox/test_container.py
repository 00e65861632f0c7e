"""A container that is lost in the middle of a command: run again, blamed on the command, or on the machinery."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from core.errors import SandboxError
from core.execution import Command, Ending, ExecResult, Output, shell
from sandbox.container import Contained
from sandbox.engine import EngineLostError


class Away:
    """An engine whose containers are elsewhere."""

    def wait_until_back(self) -> None:
        """It is back at once."""

    def ran_out_of_memory(self, container: str, since: datetime) -> bool:
        del container, since
        return False


@dataclass
class Frail:
    """A session that a line with `die` in it takes down, as often as it may."""

    deaths: list[int]
    engine: Away = field(default_factory=Away)
    container: str = "frail"

    def ask(self, seconds: float, /, **request: object) -> dict[str, Any]:
        del seconds, request
        return {}

    def run(self, command: Command, *, scrub: bool) -> tuple[ExecResult, bool]:
        del scrub
        if self.deaths[0] and ("die" in command.argv[-1] or self.deaths[0] > 100):
            self.deaths[0] -= 1
            raise EngineLostError("the container has ended")
        nothing = Output.of(b"")
        result = ExecResult(
            ending=Ending.EXITED,
            exit_code=0,
            wall_seconds=0,
            cpu_seconds=0,
            peak_memory_bytes=0,
            stdout=nothing,
            stderr=nothing,
        )
        return result, True

    def end(self) -> None:
        """Nothing is left."""


def ended(*, deaths: int, line: str = "die") -> ExecResult:
    left = [deaths]
    with Contained(Away(), lambda: Frail(left), {}, memory_bytes=1) as sandbox:  # type: ignore[arg-type, return-value]
        return sandbox.run(shell(line, timeout_seconds=5))


def test_a_container_that_is_lost_once_costs_the_command_a_retry() -> None:
    assert ended(deaths=2).succeeded


def test_a_command_that_ends_its_sandbox_each_time_is_killed_in_the_record_and_the_run_goes_on() -> None:
    result = ended(deaths=50)
    assert (result.ending, result.exit_code) == (Ending.SIGNALLED, -9)
    assert "it ended its own sandbox" in result.failure


def test_where_no_command_survives_the_machinery_is_to_blame() -> None:
    with pytest.raises(SandboxError, match="lost 3 times in a row"):
        ended(deaths=1000, line="true")
