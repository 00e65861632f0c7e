"""A sandbox that runs nothing: the checkout says by itself what a command would cost and print.

The file `code.py` of a checkout holds lines such as `cost = 2.0`; a workload sample takes that many seconds times noise.
`prints`, `exit_code`, `tests_exit_code` and `memory` work alike, so that a patch is an edit of these lines. With `leaves`
that many processes are left behind by what is no test. What can't be executed fails. What Python makes of a text is
answered by the real harness.
"""

import functools
import importlib.util
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from core.errors import SandboxError
from core.execution import Command, Ending, Environment, ExecResult, Layout, Output
from core.health import Finding
from core.measurement import Costs
from core.problem import WorkloadKind, WorkloadSpec

LAYOUT = Layout(
    repo=PurePosixPath("/repo"), env=PurePosixPath("/env"), tools=PurePosixPath("/tools"), out=PurePosixPath("/out")
)
HARNESSES = Path(__file__).parents[2] / "checks" / "harness"
_PROGRAMS = "perfsmith_programs.py"
SOURCE = "cost = 1.0\nprints = 'ok'\nexit_code = 0\ntests_exit_code = 0\nmemory = 1000\n"


@dataclass
class FakeSandbox:
    """One checkout of the fake repository."""

    files: Mapping[str, str]
    noise: random.Random
    sd: float
    commands: list[Command] = field(default_factory=list)
    breaks: int = 0
    """How many of the next commands fail as a broken sandbox does."""

    @property
    def layout(self) -> Layout:
        return LAYOUT

    def run(self, command: Command) -> ExecResult:
        self.commands.append(command)
        if self.breaks:
            self.breaks -= 1
            raise SandboxError("the sandbox broke")
        try:
            facts = self._facts()
        except (NameError, KeyError):
            return _exited(1, b"")
        if command.argv[-1].endswith(_PROGRAMS):
            return _exited(0, _read_programs(command.stdin))
        is_test = command.argv[-1] == "tests"
        is_ours = command.argv[0] == LAYOUT.python
        exit_code = 0 if is_ours else int(str(facts["tests_exit_code" if is_test else "exit_code"]))
        seconds = float(str(facts["cost"])) * self.noise.lognormvariate(0, self.sd)
        memory = int(str(facts["memory"])) * 2**20
        result = _exited(exit_code, str(facts["prints"]).encode(), seconds=seconds, memory=memory)
        return replace(result, left_behind=0 if is_test or is_ours else int(str(facts.get("leaves", 0))))

    def _facts(self) -> dict[str, object]:
        facts: dict[str, object] = {}
        exec(self.files["code.py"], facts)  # the fake repository is ours
        return facts | {"cost": facts["cost"]}


def _exited(exit_code: int, printed: bytes, *, seconds: float = 0.1, memory: int = 1 << 20) -> ExecResult:
    return ExecResult(
        ending=Ending.EXITED,
        exit_code=exit_code,
        wall_seconds=seconds,
        cpu_seconds=seconds,
        peak_memory_bytes=memory,
        stdout=Output.of(printed),
        stderr=Output.of(b""),
    )


def _read_programs(question: bytes) -> bytes:
    asked = json.loads(question)
    about = _programs_harness().about
    return json.dumps([about(text, statements=asked["statements"]) for text in asked["texts"]]).encode()


@functools.cache
def _programs_harness() -> Any:
    spec = importlib.util.spec_from_file_location("programs_harness", HARNESSES / _PROGRAMS)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class FakeProvider:
    """Makes fake sandboxes of one repository."""

    files: Mapping[str, str] = field(default_factory=lambda: {"code.py": SOURCE})
    sd: float = 0.02
    seed: int = 1
    opened: list[FakeSandbox] = field(default_factory=list)

    @property
    def name(self) -> str:
        return "fake"

    def prepare(self, tree: Path, setup: Sequence[str], *, timeout_seconds: float) -> Environment:
        del setup, timeout_seconds
        return Environment(str(tree))

    def examine(self) -> Sequence[Finding]:
        return ()

    @contextmanager
    def open(self, environment: Environment, changes: Mapping[str, str | None]) -> Iterator[FakeSandbox]:
        del environment
        files = {path: text for path, text in {**self.files, **changes}.items() if text is not None}
        self.seed += 1
        sandbox = FakeSandbox(files=files, noise=random.Random(self.seed), sd=self.sd)
        self.opened.append(sandbox)
        yield sandbox


@dataclass(frozen=True, kw_only=True)
class FakeWorkload:
    """A sample of it costs what the checkout says."""

    target: str = "work"

    @property
    def spec(self) -> WorkloadSpec:
        return WorkloadSpec(kind=WorkloadKind.COMMAND, target=self.target)

    def command(self, layout: Layout, *, loops: int) -> Command:
        del layout, loops
        return Command(argv=("/bin/sh", "-c", self.target), timeout_seconds=10)

    def costs(self, result: ExecResult) -> Costs:
        return Costs(
            wall_seconds=result.wall_seconds, cpu_seconds=result.cpu_seconds, memory_bytes=result.peak_memory_bytes
        )
