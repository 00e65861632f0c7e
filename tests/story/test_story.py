"""The story of the product: a user types one command and gets a small patch that is proven faster."""

import json
import subprocess
from pathlib import Path

from core import patch as patches
from tests.fakes.example import make_example
from tests.fakes.model_server import ModelServer, completion
from tests.story.answers import DIRECTIONS, FAILING, FASTER, NOT_APPLYING, SLOWER
from tests.story.conftest import FILES, WORK_FASTER, User, make_repository


def test_a_user_gets_a_confirmed_patch_with_its_evidence_and_applies_it(home: Path, tmp_path: Path) -> None:
    folder = make_example(tmp_path / "wordcount")
    user = User(home=home, folder=folder, variables={})

    ended = user.perfsmith(
        "optimize", "--proposer", "rules", "--candidates", "1", "--json", "--output", str(tmp_path / "out")
    )

    found = ended.json
    assert (ended.status, found["status"], found["verdict"]) == (0, "finished", "confirmed"), ended.stderr
    assert found["speedup"]["low"] > 1
    assert found["candidates"][0]["verdict"] in {"accepted", "confirmed"}
    assert (found["tokens"], found["dollars"]) == (0, 0)
    assert subprocess.run(["git", "status", "--porcelain"], cwd=folder, check=True, capture_output=True).stdout == b""

    handed_out = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert sorted(handed_out) == ["patch.diff", "report.html", "run.json"]
    assert found["run_id"] in handed_out["report.html"]
    samples = json.loads(handed_out["run.json"])["history"][-1]["evaluation"]["timings"][0]["pairs"]
    assert len(samples) >= 6
    subprocess.run(["git", "apply", "--check", str(tmp_path / "out" / "patch.diff")], cwd=folder, check=True)

    judged = user.perfsmith("judge", "--patch", str(tmp_path / "out" / "patch.diff"), "--json")
    assert judged.json["verdict"] == "confirmed"
    assert "candidates" not in judged.json

    listed = user.perfsmith("runs").stdout
    assert found["run_id"] in listed
    shown = user.perfsmith("show", found["run_id"][:6]).stdout
    assert "faster" in shown
    assert "+++ b/src/wordcount" in shown


def test_a_model_is_asked_and_its_right_answer_is_applied_to_the_checkout(user: User, model: ModelServer) -> None:
    model.play(*map(completion, (DIRECTIONS, NOT_APPLYING, FAILING, SLOWER, FASTER)))
    user = User(
        home=user.home, folder=user.folder, variables={"OPENAI_API_KEY": "secret-key", "OPENAI_BASE_URL": model.url}
    )
    ended = user.perfsmith(
        "optimize", "--option", "openai.model=m", "--option", "openai.input_dollars_per_million=1",
        "--option", "openai.output_dollars_per_million=2", "--candidates", "3", "--apply", "--json",
    )  # fmt: skip
    found = ended.json
    assert [candidate["verdict"] for candidate in found["candidates"]] == ["tests failed", "not faster", "confirmed"], (
        ended.stderr
    )
    assert found["tokens"] == 5 * 790
    assert (user.folder / "work.py").read_text().count("range(4)") == 1
    assert "proposers: openai" in ended.stderr
    kept = b"".join(
        path.read_bytes() for path in user.home.rglob("*") if path.is_file() and "environments" not in path.parts
    )
    assert b"secret-key" not in kept


def test_nothing_faster_is_an_honest_end_with_status_0(user: User, tmp_path: Path) -> None:
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "001.txt").write_text(SLOWER)
    ended = user.perfsmith(
        "optimize", "--proposer", "replay", "--option", f"replay.directory={tmp_path / 'answers'}", "--json"
    )
    found = ended.json
    assert (ended.status, found["verdict"], found["patch"], found["speedup"]) == (0, "not faster", None, None)
    assert found["stopped_by"] == "nothing left to propose"


def test_the_sandbox_that_is_none_works_where_it_is_asked_for_and_says_so(user: User, tmp_path: Path) -> None:
    patch = tmp_path / "faster.diff"
    patch.write_text(patches.diff(FILES, {"work.py": WORK_FASTER}))
    ended = user.perfsmith("judge", "--sandbox", "unsafe", "--patch", str(patch), "--json")
    assert ended.json["verdict"] == "confirmed", ended.stderr
    assert "no isolation" in ended.stderr


def test_a_test_command_may_set_pythonpath_for_itself(home: Path, tmp_path: Path) -> None:
    files = FILES | {
        "test_work.py": "from work import total\n\n\ndef test_total():\n    assert total([1, 2]) == 5\n",
        "perfsmith.toml": (
            'editable = ["work.py"]\ntests = "PYTHONPATH=. python -m pytest -q -p no:cacheprovider"\n'
            'workload = "python workload.py"\nsetup = ["python -m pip install -q pytest"]\n'
        ),
    }
    user = User(home=home, folder=make_repository(tmp_path / "pathful", files), variables={})
    (tmp_path / "p.diff").write_text(patches.diff(files, {"work.py": WORK_FASTER}))
    ended = user.perfsmith("judge", "--patch", str(tmp_path / "p.diff"), "--json", "--output", str(tmp_path / "out"))
    assert ended.json["verdict"] == "confirmed", ended.stderr
    judged = json.loads((tmp_path / "out" / "run.json").read_text())["history"][1]
    reasons = {check["check"]: check["reason"] for check in judged["evaluation"]["checks"]}
    assert reasons["tests"] == "1 tests ended as before"
