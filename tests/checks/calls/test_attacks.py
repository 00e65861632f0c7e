"""A replay is run by code that may want to deceive: it forges, floods, exits, hangs and looks around."""

import pytest

from checks.calls import replaying
from checks.recorded_calls import RecordedCalls
from core.candidate import Verdict
from core.execution import Command, ExecResult, Layout
from core.protocols import Sandbox, Trial
from tests.checks.calls.conftest import Lab

HEAD = "import random\n"
FORGED = r'{"step": 0, "ends": "returns", "value": "00", "arguments": []}\n'

ATTACKS = {
    "exits with success at import": ("the process ended", "import os\nos._exit(0)\n"),
    "kills itself": ("killed by signal 9", "import os\nos.kill(os.getpid(), 9)\n"),
    "forges a report at import": (
        "was forged",
        f"import os\nfor name in os.listdir('/out'):\n    open(f'/out/{{name}}', 'a').write('{FORGED}')\n",
    ),
    "forges a report on every descriptor": (
        "was forged",
        f"import os\nfor number in range(3, 20):\n    try:\n        os.write(number, b'{FORGED}')\n    except OSError:\n        pass\n",
    ),
    "adds a report at its end": (
        "forged",
        "import atexit, os\natexit.register(lambda: [open(f'/out/{name}', 'a').write('{}\\n') for name in os.listdir('/out')])\n",
    ),
    "removes the report": (
        "the process ended",
        "import atexit, os\natexit.register(lambda: [os.remove(f'/out/{name}') for name in os.listdir('/out')])\n",
    ),
    "breaks the harness": ("", "import json\njson.dumps = lambda *_, **__: 'null'\n"),
    "refuses to be unpickled": ("", "import builtins\nbuiltins.range = None\n"),
}  # fmt: skip


@pytest.mark.parametrize(("reason", "code"), ATTACKS.values(), ids=ATTACKS)
def test_a_replay_that_is_not_carried_out_fails(lab: Lab, reason: str, code: str) -> None:
    seen = lab.recorded((HEAD, HEAD + code))
    assert (seen.passed, seen.verdict) == (False, Verdict.BEHAVIOUR_CHANGED), seen.reason
    assert reason in seen.reason


def test_a_function_that_hangs_is_too_slow(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "PATIENCE", 0.1)
    seen = lab.recorded(("    found = []\n    for item", "    found = []\n    while True:\n        pass\n    for item"))
    assert "now takes too long" in seen.reason


def test_a_function_that_can_not_be_stopped_is_killed(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.recording((HEAD, HEAD + "import time\n"))
    monkeypatch.setattr(replaying, "WHOLE_SECONDS", 5.0)
    monkeypatch.setattr(replaying, "PATIENCE", 0.1)
    stubborn = "    while True:\n        try:\n            while True:\n                pass\n        except BaseException:\n            pass\n"
    seen = lab.recorded(("    found = []\n    for item", f"{stubborn}    found = []\n    for item"))
    assert "timed out" in seen.reason


class Spied:
    """A sandbox that remembers what was handed in."""

    def __init__(self, inner: Sandbox) -> None:
        self.inner = inner
        self.handed: list[Command] = []

    @property
    def layout(self) -> Layout:
        return self.inner.layout

    def run(self, command: Command) -> ExecResult:
        self.handed.append(command)
        return self.inner.run(command)


def test_nothing_that_is_expected_enters_the_candidates_sandbox(lab: Lab) -> None:
    with lab.trial(("    return found", "    return  tuple(found)")) as trial:
        spied = Spied(trial.candidate)
        watched = Trial(original=trial.original, candidate=spied, sources=trial.sources, changes=trial.changes)
        assert not RecordedCalls(recordings=lab.recordings).check(watched).passed
        recording = lab.recordings.of(trial)
    entered = repr([(command.argv, command.environment, command.stdin) for command in spied.handed])
    secrets = {
        digest for each in recording.expected for digest in (each.value, each.again, each.printed, *each.arguments)
    }
    assert len(secrets) > 10
    assert not [digest for digest in secrets - {""} if digest in entered]


def test_a_replay_looks_like_a_process_of_the_program(lab: Lab) -> None:
    looks = (
        "    import os\n    everything = (*sys.argv, *sys.orig_argv, *sys.modules, *sys.path, *os.environ)\n"
        "    return [word for word in everything if 'perfsmith' in word.lower()]"
    )
    with lab.trial(("    return sys._getframe(1).f_code.co_name", looks)) as trial:
        steps = lab.recordings.of(trial).steps
        outcomes = replaying.replay(trial.candidate, steps)
    (seen,) = [outcome for step, outcome in zip(steps, outcomes, strict=True) if step.function.endswith(":caller")][:1]
    assert seen.text == "[]"
