"""The action's own steps, run as a runner runs them: bash, the environment that GitHub gives, a checkout as it lays it out."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # PyYAML has no types of its own here
from typer.testing import CliRunner

from cli.app import app
from core.queue import Ticket
from core.run import RunStatus
from tests.fakes.api_server import ApiServer, api_on_loopback
from tests.fakes.github import State, github_on_loopback
from tests.fakes.images import Keeper
from tests.story.conftest import WORK, WORK_FASTER
from tests.worker.github.repositories import BASE, NUMBER, Origin, make_origin, patch_of
from worker.backends import TABLE
from worker.github.outputs import values_of
from worker.remote.client import RunState, Server
from worker.submit import Request

ROOT = Path(__file__).parents[2]
ACTION: Mapping[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
WORKFLOWS = sorted((ROOT / "examples/workflows").glob("*.yml"))
HOSTILE = 'x"; touch pwned; $(touch pwned) `touch pwned`\n'


@dataclass(kw_only=True)
class Runner:
    """A runner of GitHub's with one job on it."""

    temporary: Path
    state: State
    checkout: Path
    inputs: dict[str, str] = field(default_factory=dict)

    def run(self, event: str, payload: Mapping[str, Any], sha: str, *, ref: str = "refs/pull/7/merge") -> int:
        """Run all steps; the status of the last one."""
        given = self.given(event, payload, sha, ref=ref)
        known = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        for step in STEPS:
            environment = known | given | self.inputs_of(step) | {"PATH": path}
            (self.temporary / "script.sh").write_text(step["run"])
            argv = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(self.temporary / "script.sh")]
            ended = subprocess.run(
                argv, cwd=self.checkout, env=environment, capture_output=True, text=True, check=False
            )
            assert "Traceback" not in ended.stderr
            self.said = ended.stderr
        return ended.returncode

    def given(self, event: str, payload: Mapping[str, Any], sha: str, *, ref: str) -> dict[str, str]:
        """What GitHub gives every step."""
        (self.temporary / "event.json").write_text(json.dumps(payload))
        for name in ("outputs", "summary"):
            (self.temporary / name).write_text("")
        return {
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(self.temporary / "event.json"),
            "GITHUB_WORKSPACE": str(self.checkout),
            "GITHUB_REPOSITORY": self.state.repository,
            "GITHUB_SHA": sha,
            "GITHUB_REF": ref,
            "GITHUB_RUN_ID": str(len(self.state.requests) + 1),
            "GITHUB_API_URL": self.state.url,
            "GITHUB_OUTPUT": str(self.temporary / "outputs"),
            "GITHUB_STEP_SUMMARY": str(self.temporary / "summary"),
            "GITHUB_ACTION_PATH": str(ROOT),
            "RUNNER_TEMP": str(self.temporary),
            "PERFSMITH_HOME": str(self.temporary / "home"),
        }

    def inputs_of(self, step: Mapping[str, Any]) -> dict[str, str]:
        return {name: self._filled(value) for name, value in step.get("env", {}).items()}

    def _filled(self, value: str) -> str:
        """An expression as GitHub fills it in."""
        (name,) = re.findall(r"\$\{\{ inputs\.([a-z-]+) \}\}", value)
        usual = str(ACTION["inputs"][name]["default"])
        return self.inputs.get(name, "the-token" if name == "github-token" else usual)

    @property
    def summary(self) -> str:
        return (self.temporary / "summary").read_text()

    @property
    def outputs(self) -> str:
        return (self.temporary / "outputs").read_text()


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Origin:
    return make_origin(tmp_path_factory.mktemp("github") / "origin", before=BASE, after={"src/work.py": WORK_FASTER})


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    with api_on_loopback(tmp_path_factory.mktemp("api") / "home") as running:
        yield running


@pytest.fixture
def state() -> Iterator[State]:
    with github_on_loopback() as known:
        yield known


@pytest.fixture
def runner(tmp_path: Path, state: State, origin: Origin, api: ApiServer) -> Runner:
    """Whose job hands its work to a server."""
    (tmp_path / "temp").mkdir()
    checkout = origin.checkout(tmp_path / "work", origin.merge)
    inputs = {"mode": "server", "server": api.url, "token": api.token, "sandbox": "bubblewrap", "proposer": "rules"}
    return Runner(temporary=tmp_path / "temp", state=state, checkout=checkout, inputs=inputs)


def test_a_pull_request_is_optimised_by_a_server_and_gets_suggestions(
    runner: Runner, origin: Origin, api: ApiServer
) -> None:
    api.patch_of = lambda _: patch_of("src/work.py", WORK_FASTER, WORK_FASTER.replace("range(4)", "range(1)"))
    assert runner.run("pull_request", origin.pull_event(), origin.merge) == 0, runner.said

    assert api.runs[0].problem.editable[0] == "/src/work.py"
    assert len(runner.state.reviews[NUMBER]) == len(runner.state.told(NUMBER)) == 1
    assert "### perfsmith: ✓ 2.31× less" in runner.summary
    assert "\nfaster\n" in runner.outputs
    folder = runner.temporary / "perfsmith-results"
    assert sorted(path.name for path in folder.iterdir()) == ["patch.diff", "report.html", "run.json"]
    record = json.loads((folder / "run.json").read_text())
    assert (record["run_id"], record["patch"]) == (api.runs[0].id, str(folder / "patch.diff"))


def test_a_second_step_of_a_job_leaves_the_files_of_the_first_one_alone(
    runner: Runner, origin: Origin, api: ApiServer
) -> None:
    api.patch_of = lambda _: patch_of("src/work.py", WORK_FASTER, WORK_FASTER.replace("range(4)", "range(2)"))
    assert runner.run("pull_request", origin.pull_event(), origin.merge) == 0, runner.said
    patch = runner.temporary / "perfsmith-results/patch.diff"
    assert f"\n{patch}\n" in runner.outputs
    api.patch_of = lambda _: ""
    runner.inputs["seconds"] = "1799"
    assert runner.run("pull_request", origin.pull_event(), origin.merge) == 0, runner.said
    assert "patch.diff" not in runner.outputs
    assert patch.exists()
    assert (runner.temporary / "perfsmith-results-2/run.json").exists()


def test_a_patch_that_an_earlier_step_left_in_the_folder_is_not_taken_for_this_one_s(
    runner: Runner, origin: Origin, api: ApiServer
) -> None:
    api.patch_of = lambda _: ""
    folder = runner.temporary / "mine"
    folder.mkdir()
    for name in ("patch.diff", "notes.txt"):
        (folder / name).write_text("of before\n")
    runner.inputs["output"] = str(folder)
    assert runner.run("pull_request", origin.pull_event(), origin.merge) == 0, runner.said
    assert "patch.diff" not in runner.outputs
    assert sorted(path.name for path in folder.iterdir()) == ["notes.txt", "report.html", "run.json"]


def test_a_schedule_a_button_and_a_comment_become_pull_requests_of_their_own(
    runner: Runner, origin: Origin, api: ApiServer, tmp_path: Path
) -> None:
    api.patch_of = lambda _: patch_of("src/work.py", WORK, WORK_FASTER)
    runner.checkout = origin.checkout(tmp_path / "main", origin.base, ref="refs/remotes/origin/main")
    for event, payload in (
        ("schedule", {"schedule": "17 3 * * 1"}),
        ("workflow_dispatch", {"inputs": None}),
        ("issue_comment", origin.comment_event("/perfsmith optimize src/work.py")),
    ):
        assert runner.run(event, payload, origin.base, ref="refs/heads/main") == 0, runner.said
    (pull,) = runner.state.pulls.values()
    assert pull["head"]["ref"] == "perfsmith/main"
    assert len(runner.state.told(NUMBER)) == 1


def test_a_command_on_a_pull_request_is_carried_out_at_its_head_which_is_not_checked_out(
    runner: Runner, origin: Origin, api: ApiServer, tmp_path: Path
) -> None:
    api.patch_of = lambda _: patch_of("src/work.py", WORK_FASTER, WORK_FASTER.replace("range(4)", "range(3)"))
    runner.state.pulls[NUMBER] = origin.pull()
    runner.checkout = origin.checkout(tmp_path / "main", origin.base, ref="refs/remotes/origin/main")
    event = origin.comment_event("/perfsmith optimize src/work.py", on_pull=True)
    assert runner.run("issue_comment", event, origin.base, ref="refs/heads/main") == 0, runner.said

    assert api.runs[0].problem.editable[0] == "/src/work.py"
    assert "\nfaster\n" in runner.outputs
    (told,) = runner.state.told(NUMBER)
    assert origin.head[:12] in told
    proposed = runner.state.pulls[max(runner.state.pulls)]
    assert (proposed["head"]["ref"], proposed["base"]["ref"]) == (f"perfsmith/pr-{NUMBER}", "faster")
    assert (runner.checkout / "src/work.py").read_text() == WORK


def test_a_job_that_is_cancelled_while_it_hands_its_work_in_cancels_the_run(
    runner: Runner, origin: Origin, api: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [KeyboardInterrupt()]
    hand_in = Server.hand_in

    def cut_off(server: Server, request: Request, ticket: Ticket) -> RunState:
        state = hand_in(server, request, ticket)
        if left:
            raise left.pop()
        return state

    monkeypatch.setattr(Server, "hand_in", cut_off)
    monkeypatch.setattr(api, "is_idle", True)
    runner.inputs["seconds"] = "1798"
    given = runner.given("pull_request", origin.pull_event(), origin.merge, ref="refs/pull/7/merge")
    before = len(api.runs)
    CliRunner().invoke(app, ["action"], env=given | runner.inputs_of(STEPS[-1]))
    assert len(api.runs) == before + 1
    assert api.runs[0].status is RunStatus.CANCELLED


def test_a_fork_gets_no_secret_and_nothing_is_sent_anywhere(runner: Runner, origin: Origin, api: ApiServer) -> None:
    before = len(api.runs)
    runner.inputs["token"] = ""
    assert runner.run("pull_request", origin.pull_event(is_fork=True), origin.merge) == 0, runner.said
    assert (len(api.runs), runner.state.requests) == (before, [])
    assert "which gets no secrets" in runner.summary


def test_a_labelled_pull_request_is_judged_on_the_runner(runner: Runner, origin: Origin) -> None:
    runner.inputs = {"sandbox": "unsafe", "fail-if-slower": "true"}
    assert runner.run("pull_request", origin.pull_event(labels=("performance",)), origin.merge) == 0, runner.said

    assert "\nconfirmed\n" in runner.outputs
    assert "✓ 10.0× less" in runner.state.told(NUMBER)[0]


def test_a_pull_request_that_is_proven_to_be_slower_fails_the_step_where_it_shall(
    runner: Runner, tmp_path: Path
) -> None:
    slower = make_origin(
        tmp_path / "origin", before=BASE, after={"src/work.py": WORK.replace("range(40)", "range(80)")}
    )
    runner.checkout = slower.checkout(tmp_path / "slower", slower.merge)
    runner.inputs = {"sandbox": "unsafe", "fail-if-slower": "true"}
    assert runner.run("pull_request", slower.pull_event(labels=("performance",)), slower.merge) == 1, runner.said

    assert "\nslower\n" in runner.outputs
    assert "perfsmith: slower" in runner.said
    assert "✕ slower" in runner.state.told(NUMBER)[0]


def test_the_usual_sandbox_gets_its_base_image_on_a_runner_that_has_none(
    runner: Runner, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TABLE["sandbox"], "docker", f"{Keeper.__module__}:Keeper")
    runner.inputs = {"proposer": "rules"}
    given = runner.given("pull_request", origin.pull_event(), origin.merge, ref="refs/pull/7/merge")
    ended = CliRunner().invoke(app, ["action"], env=given | runner.inputs_of(STEPS[-1]))

    assert ended.exit_code == 1
    assert "building it from python:3-slim" in ended.stderr
    assert "no environment, with a base image" in runner.summary


def test_hostile_inputs_and_titles_are_never_read_as_shell(runner: Runner, origin: Origin) -> None:
    runner.inputs |= {"proposer": "", "judge-label": HOSTILE, "workload": HOSTILE, "output": ""}
    runner.inputs["mode"] = HOSTILE
    assert runner.run("pull_request", origin.pull_event(), origin.merge) == 2
    assert "the input mode is" in runner.said
    assert not list(runner.checkout.rglob("pwned"))


def test_modules_of_the_checkout_are_not_imported(runner: Runner, origin: Origin) -> None:
    for name in ("typer.py", "json.py", "venv.py", "worker.py"):
        (runner.checkout / name).write_text("raise SystemExit('imported from the checkout')\n")
    runner.inputs["mode"] = "no"
    assert runner.run("pull_request", origin.pull_event(), origin.merge) == 2
    assert "the input mode is 'no'" in runner.said


def test_no_line_of_shell_holds_an_expression_and_no_workflow_uses_pull_request_target() -> None:
    scripts = [step["run"] for step in STEPS]
    for workflow in WORKFLOWS:
        found = yaml.safe_load(workflow.read_text())
        assert "pull_request_target" not in found[True]  # YAML reads `on` as true
        scripts += [step["run"] for job in found["jobs"].values() for step in job["steps"] if "run" in step]
        assert "permissions" in found
    assert WORKFLOWS
    assert not [script for script in scripts if "${{" in script]


def test_every_input_reaches_the_step_and_every_output_leaves_it(runner: Runner) -> None:
    named = {re.findall(r"inputs\.([a-z-]+)", value)[0] for value in STEPS[-1]["env"].values()}
    assert named == set(ACTION["inputs"])
    assert set(values_of(None, outcome="", folder=runner.temporary, address="")) == set(ACTION["outputs"])
