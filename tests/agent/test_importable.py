import json
import sys
from dataclasses import dataclass

import pytest

from agent.importable import importable
from core.execution import Command, Ending, ExecResult, Layout, Output
from tests.fakes.sandbox import LAYOUT


@dataclass
class Saying:
    """A sandbox in which every command prints the same."""

    text: str
    exit_code: int = 0

    @property
    def layout(self) -> Layout:
        return LAYOUT

    def run(self, command: Command) -> ExecResult:
        assert "-I" in command.argv, "nothing of the checkout may be imported"
        return ExecResult(
            ending=Ending.EXITED, exit_code=self.exit_code, wall_seconds=0, cpu_seconds=0, peak_memory_bytes=0,
            stdout=Output.of(self.text.encode()), stderr=Output.of(b""),
        )  # fmt: skip


def test_what_is_installed_is_taken_and_the_standard_library_in_any_case() -> None:
    names = importable(Saying(json.dumps(["numpy", "attr"])))
    assert {"numpy", "attr", "json"} <= names


@pytest.mark.parametrize("text", ["", "{", "3", '{"a": 1}', "[" * 100_000, '[1, null, "../x", "a b"]', "[NaN]"])
def test_an_environment_that_lies_takes_nothing_from_what_is_known(text: str) -> None:
    assert importable(Saying(text)) == sys.stdlib_module_names


def test_an_environment_whose_python_fails_does_neither() -> None:
    assert importable(Saying('["numpy"]', exit_code=1)) == sys.stdlib_module_names
