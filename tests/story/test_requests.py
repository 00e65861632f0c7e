"""Wrong requests: each ends with status 2 and says what to do, and nothing of the user's is changed."""

import subprocess
from pathlib import Path

import pytest

from core import patch as patches
from tests.story.conftest import FILES, User, make_repository


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--objective", "beauty"], "'beauty' is not one of"),
        (["--workload", "python missing.py"], "fails on the unchanged code"),
        (["--workload", "exit 3"], "exit code 3"),
        (["--tests", "false"], "the tests fail on the unchanged code"),
        (["--editable", "nothing/**"], "matches no file"),
        (["--min-speedup", "0.5"], "min-speedup"),
        (["--proposer", "oracle"], "unknown proposer 'oracle'; known: openai, local, rules, replay"),
        (["--strategy", "luck"], "unknown strategy 'luck'; known: greedy, beam"),
        (["--sandbox", "jail"], "unknown sandbox 'jail'; known: docker, bubblewrap, unsafe"),
        (["--proposer", "rules", "--option", "rules.colour=red"], "no option 'colour'; its options:"),
        (["--strategy", "beam", "--option", 'beam.width="wide"'], "'wide'; it must be int"),
        (["--option", "width=3"], "not of the form BACKEND.NAME=VALUE"),
        (["--proposer", "rules", "--option", "openai.model=x"], "openai, which takes no part"),
        (["--proposer", "openai"], "needs a key in OPENAI_API_KEY"),
        (["--ref", "no-such-branch"], "no branch, tag or commit 'no-such-branch'"),
        (["--ref", "--upload-pack=x"], "no branch, tag or commit"),
        (["--setup", "echo broken >&2; exit 4"], "broken"),
    ],
)
def test_a_bad_request_says_what_is_wrong(user: User, arguments: list[str], words: str) -> None:
    before = contents(user.folder)
    ended = user.perfsmith("optimize", *arguments)
    assert ended.status == 2, ended.stderr
    assert words in " ".join(ended.stderr.split())
    assert ended.stdout == ""
    assert contents(user.folder) == before


def test_with_json_a_refused_request_is_one_object_too(user: User) -> None:
    ended = user.perfsmith("optimize", "--proposer", "oracle", "--json")
    assert ended.status == 2
    assert ended.json["status"] == "failed"
    assert "unknown proposer" in ended.json["error"]
    assert ended.json["speedup"] is None


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ("echo x >> work.py", "not committed (work.py)"),
        ("echo x > new.py", "not committed (new.py)"),
        ("rm -rf .git", "no git repository"),
        ("mkdir sub && cd sub && git init -q --bare . && cd .. && rm -rf .git && mv sub .git", "bare"),
        (
            "echo 'editable = 3' > perfsmith.toml && git add -A && git -c user.name=t -c user.email=t@e commit -qm x",
            "editable",
        ),
        (
            "echo 'speed = 3' > perfsmith.toml && git add -A && git -c user.name=t -c user.email=t@e commit -qm x",
            "unknown key",
        ),
    ],
)
def test_a_repository_that_can_not_be_worked_on_says_why(user: User, spoil: str, words: str) -> None:
    subprocess.run(["/bin/sh", "-c", spoil], cwd=user.folder, check=True)
    ended = user.perfsmith("optimize", "--proposer", "rules")
    assert ended.status == 2, ended.stderr
    assert words in ended.stderr


def test_a_flaky_test_is_named(user: User, tmp_path: Path) -> None:
    flaky = "import unittest, random\n\n\nclass T(unittest.TestCase):\n    def test(self):\n        assert random.random() < 0.5\n"
    files = FILES | {"test_work.py": flaky, "perfsmith.toml": FILES["perfsmith.toml"].replace("-q", "-q test_work")}
    folder = make_repository(tmp_path / "flaky", files)
    # By chance it passes, or fails, as often as it is looked at.
    attempts = (user.perfsmith("optimize", str(folder), "--proposer", "rules", "--candidates", "1") for _ in range(8))
    refused = next(ended for ended in attempts if ended.status == 2)
    assert "test" in refused.stderr


def test_a_workload_whose_output_changes_is_refused_with_the_way_out(user: User, tmp_path: Path) -> None:
    clock = "import time\nfrom work import total\n\nprint(total(range(60_000)), time.time())\n"
    folder = make_repository(tmp_path / "clock", FILES | {"workload.py": clock})
    ended = user.perfsmith("optimize", str(folder), "--proposer", "rules")
    assert ended.status == 2
    assert 'to "ignore" to compare nothing' in ended.stderr


@pytest.mark.parametrize("command", [["show", "nothing"], ["resume", "nothing"]])
def test_a_run_that_does_not_exist_is_said_not_to(user: User, command: list[str]) -> None:
    ended = user.perfsmith(*command)
    assert ended.status == 2
    assert "there is no run 'nothing'" in ended.stderr


def test_a_home_that_can_not_be_written_is_named(user: User, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = User(home=tmp_path / "file", folder=user.folder, variables={}).perfsmith("runs")
    assert ended.status == 2
    assert "PERFSMITH_HOME" in ended.stderr


@pytest.mark.parametrize("patch", ["", "hello\n"])
def test_a_judged_patch_that_is_none_is_refused_or_invalid(user: User, tmp_path: Path, patch: str) -> None:
    (tmp_path / "p.diff").write_text(patch)
    ended = user.perfsmith("judge", "--patch", str(tmp_path / "p.diff"), "--json")
    assert (ended.status, ended.json["verdict"]) == ((0, "invalid patch") if patch else (2, None))


def test_a_patch_that_edits_the_tests_is_a_forbidden_edit(user: User, tmp_path: Path) -> None:
    old = FILES["test_work.py"]
    (tmp_path / "p.diff").write_text(patches.diff({"test_work.py": old}, {"test_work.py": old.replace("14", "15")}))
    ended = user.perfsmith("judge", "--patch", str(tmp_path / "p.diff"), "--json")
    assert (ended.status, ended.json["verdict"]) == (0, "forbidden edit")


def test_init_writes_a_file_that_optimize_understands_and_never_writes_over_one(user: User, tmp_path: Path) -> None:
    files = {name: text for name, text in FILES.items() if name != "perfsmith.toml"}
    folder = make_repository(tmp_path / "fresh", files)
    assert user.perfsmith("init", str(folder)).status == 0
    written = (folder / "perfsmith.toml").read_text()
    assert "workload.py" in written
    again = user.perfsmith("init", str(folder))
    assert again.status == 2
    assert (folder / "perfsmith.toml").read_text() == written


def test_a_patch_is_applied_only_where_asked_and_to_a_folder(user: User) -> None:
    ended = user.perfsmith("optimize", "https://example.org/x.git", "--apply", "--proposer", "rules")
    assert ended.status == 2
    assert "is no folder" in ended.stderr
