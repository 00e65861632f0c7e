"""The step for each trigger, on a checkout as GitHub lays it out; the work itself is done by nobody."""

import base64
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from core.candidate import Verdict
from core.errors import ConfigError
from core.measurement import Speedup
from core.run import RunKind, RunStatus
from tests.fakes.github import BOT, State
from tests.story.conftest import WORK
from tests.worker.github.conftest import CHANGED, Bench, a_result
from tests.worker.github.repositories import BASE, NUMBER, OTHER, Origin, make_origin, patch_of
from worker.github.delivery import Delivery
from worker.github.step import Outcome

FASTER = CHANGED.replace("range(40)", "range(4)")
IN_SIGHT = patch_of("src/work.py", CHANGED, FASTER)
OUT_OF_SIGHT = patch_of("src/other.py", OTHER, OTHER.replace("None", "(None)"))


def test_a_pull_request_is_optimised_where_it_touches_code_that_may_be_edited(
    bench: Bench, origin: Origin, checkout: Path
) -> None:
    assert bench.take("pull_request", origin.pull_event(), checkout, origin.merge) is Outcome.FASTER

    (asked,) = bench.asked
    assert asked.flags.editable == ["/src/work.py"]
    assert (asked.ref, asked.patch) == (origin.merge, None)


def test_a_patch_in_the_lines_of_the_pull_request_is_suggested_once(
    bench: Bench, origin: Origin, checkout: Path, state: State
) -> None:
    bench.result = a_result(patch=IN_SIGHT)
    for _ in range(2):
        bench.take("pull_request", origin.pull_event(action="synchronize"), checkout, origin.merge)

    (review,) = state.reviews[NUMBER]
    assert review["commit_id"] == origin.head
    assert review["comments"] == [
        {"path": "src/work.py", "line": 5, "side": "RIGHT", "body": "```suggestion\n        for _ in range(4):\n```"}
    ]
    assert state.pulls == {}


def test_a_patch_elsewhere_becomes_a_draft_pull_request_that_is_renewed(
    bench: Bench, origin: Origin, checkout: Path, state: State
) -> None:
    bench.result = a_result(patch=OUT_OF_SIGHT)
    for _ in range(2):
        bench.take("pull_request", origin.pull_event(), checkout, origin.merge)

    (pull,) = state.pulls.values()
    assert (pull["base"]["ref"], pull["head"]["ref"], pull["draft"]) == ("faster", "perfsmith/pr-7", True)
    commit = state.commits[state.refs["refs/heads/perfsmith/pr-7"]]
    assert commit["parents"] == [origin.head]
    (entry,) = state.trees[commit["tree"]]["tree"]
    assert (entry["path"], entry["mode"]) == ("src/other.py", "100644")
    assert base64.b64decode(state.blobs[entry["sha"]]["content"]).decode() == OTHER.replace("None", "(None)")
    assert bench.outputs["proposal"] == pull["html_url"]


def test_a_comment_that_was_deleted_while_it_was_to_be_renewed_is_written_again(
    bench: Bench, origin: Origin, checkout: Path, state: State
) -> None:
    bench.take("pull_request", origin.pull_event(), checkout, origin.merge)
    state.vanishing = True
    bench.take("pull_request", origin.pull_event(), checkout, origin.merge)
    assert len(state.told(NUMBER)) == 1
    assert "nothing was run" not in state.told(NUMBER)[0]


def test_a_branch_that_somebody_has_worked_on_is_left_alone(
    bench: Bench, origin: Origin, checkout: Path, state: State
) -> None:
    bench.result = a_result(patch=OUT_OF_SIGHT)
    bench.take("pull_request", origin.pull_event(), checkout, origin.merge)
    theirs = "b" * 40
    state.commits[theirs] = {"message": "Proposed and measured by perfsmith.\n\nand finished by me"}
    state.refs["refs/heads/perfsmith/pr-7"] = theirs
    bench.take("pull_request", origin.pull_event(), checkout, origin.merge)

    assert state.refs["refs/heads/perfsmith/pr-7"] == theirs
    assert "the branch perfsmith/pr-7 has commits of somebody else" in state.told(NUMBER)[0]


def test_an_older_commit_of_a_pull_request_is_told_in_the_summary_alone(
    bench: Bench, origin: Origin, checkout: Path, state: State
) -> None:
    state.pulls[NUMBER] = origin.pull() | {"head": origin.pull()["head"] | {"sha": "f" * 40}}
    bench.result = a_result(patch=IN_SIGHT)
    assert bench.take("pull_request", origin.pull_event(), checkout, origin.merge) is Outcome.SKIPPED
    assert "has other commits by now" in bench.summary
    assert (state.comments, state.reviews) == ({}, {})


def test_the_comment_is_written_once_and_then_renewed_and_that_of_others_is_left_alone(
    bench: Bench, origin: Origin, checkout: Path, state: State
) -> None:
    fake = {"id": 1, "user": {"login": "stranger"}, "body": "<!-- perfsmith -->\nmine"}
    chatter = [{"id": n, "user": {"login": BOT}, "body": "lint: fine"} for n in range(2, 6)]
    state.comments[NUMBER] = [fake, *chatter]
    bench.take("pull_request", origin.pull_event(), checkout, origin.merge)
    bench.result = a_result(verdict=Verdict.NOT_FASTER, speedup=None)
    bench.take("pull_request", origin.pull_event(), checkout, origin.merge)

    first, *_, ours = state.told(NUMBER)
    assert len(state.told(NUMBER)) == 6
    assert first == fake["body"]
    assert "nothing faster found" in ours


def test_the_comment_is_renewed_with_the_token_of_an_app_of_ones_own(
    bench: Bench, origin: Origin, checkout: Path, state: State
) -> None:
    state.installed = "my-app[bot]"
    for _ in range(2):
        bench.take("pull_request", origin.pull_event(), checkout, origin.merge)
    assert len(state.told(NUMBER)) == 1


def test_a_pull_request_with_the_label_is_judged_by_its_changes_to_editable_files(
    bench: Bench, origin: Origin, checkout: Path, state: State
) -> None:
    bench.result = a_result(kind=RunKind.JUDGE)
    event = origin.pull_event(labels=("bug", "performance"))
    assert bench.take("pull_request", event, checkout, origin.merge) is Outcome.FASTER

    (asked,) = bench.asked
    assert asked.ref == origin.base
    assert asked.patch is not None
    assert [line for line in asked.patch.split("\n") if line.startswith("+++")] == ["+++ b/src/work.py"]
    (told,) = state.told(NUMBER)
    assert "` README.md `, ` test_work.py `" in told
    assert (state.reviews, state.pulls) == ({}, {})


def test_slower_is_what_lies_below_one_with_its_whole_interval(bench: Bench, origin: Origin, checkout: Path) -> None:
    event = origin.pull_event(labels=("performance",))
    for high, outcome in ((0.98, Outcome.SLOWER), (1.02, Outcome.NOT_FASTER)):
        speedup = Speedup(estimate=0.95, low=0.9, high=high)
        bench.result = a_result(kind=RunKind.JUDGE, verdict=Verdict.NOT_FASTER, speedup=speedup)
        assert bench.take("pull_request", event, checkout, origin.merge) is outcome
    assert bench.outputs["speedup-high"] == "1.02"


def test_a_forks_pull_request_gets_a_summary_and_nothing_is_written(
    bench: Bench, origin: Origin, checkout: Path, state: State
) -> None:
    bench.result = a_result(patch=IN_SIGHT)
    bench.take("pull_request", origin.pull_event(is_fork=True), checkout, origin.merge)

    assert state.requests == []
    assert "a fork's pull request can't be written to" in bench.summary


def test_a_forks_pull_request_is_passed_over_where_a_secret_would_be_needed(
    bench: Bench, origin: Origin, checkout: Path, state: State
) -> None:
    event = origin.pull_event(is_fork=True)
    assert bench.take("pull_request", event, checkout, origin.merge, needs_secret=True) is Outcome.SKIPPED
    assert (bench.asked, state.requests) == ([], [])
    assert "gets no secrets" in bench.summary


@pytest.mark.parametrize("event", ["schedule", "workflow_dispatch"])
def test_the_whole_repository_is_optimised_and_the_patch_proposed_to_its_branch(
    event: str, bench: Bench, origin: Origin, main_checkout: Path, state: State
) -> None:
    bench.result = a_result(patch=patch_of("src/work.py", WORK, WORK.replace("40", "4")))
    bench.take(event, {"schedule": "0 0 * * *"}, main_checkout, origin.base, branch="main")

    assert bench.asked[0].flags.editable is None
    (pull,) = state.pulls.values()
    assert (pull["base"]["ref"], pull["head"]["ref"]) == ("main", "perfsmith/main")
    assert state.comments == {}


def test_a_command_on_an_issue_optimises_one_path_and_is_answered_there(
    bench: Bench, origin: Origin, main_checkout: Path, state: State
) -> None:
    bench.take(
        "issue_comment", origin.comment_event("/perfsmith optimize src/other.py\nthanks"), main_checkout, origin.base
    )

    assert bench.asked[0].flags.editable == ["/src/other.py"]
    assert len(state.told(NUMBER)) == 1


def test_a_command_on_a_pull_request_works_on_its_head_which_is_never_checked_out(
    bench: Bench, origin: Origin, main_checkout: Path, state: State
) -> None:
    state.pulls[NUMBER] = origin.pull()
    bench.take(
        "issue_comment", origin.comment_event("/perfsmith optimize src", on_pull=True), main_checkout, origin.base
    )

    assert (bench.asked[0].ref, bench.asked[0].flags.editable) == (origin.head, ["/src/other.py", "/src/work.py"])
    assert (main_checkout / "src/work.py").read_text() == WORK


def test_a_command_on_a_forks_pull_request_is_passed_over(
    bench: Bench, origin: Origin, main_checkout: Path, state: State
) -> None:
    state.pulls[NUMBER] = origin.pull(is_fork=True)
    event = origin.comment_event("/perfsmith optimize src", on_pull=True)
    assert bench.take("issue_comment", event, main_checkout, origin.base) is Outcome.SKIPPED
    assert bench.asked == []


def test_a_path_that_names_nothing_is_refused_in_the_comment(
    bench: Bench, origin: Origin, main_checkout: Path, state: State
) -> None:
    with pytest.raises(ConfigError, match="is no file or folder"):
        bench.take("issue_comment", origin.comment_event("/perfsmith optimize docs"), main_checkout, origin.base)
    assert "is no file or folder" in state.told(NUMBER)[0]
    assert bench.outputs["outcome"] == "failed"


def test_what_github_refuses_is_told_in_the_summary_and_the_step_goes_on(
    bench: Bench, origin: Origin, checkout: Path, state: State
) -> None:
    state.may_write = False
    bench.result = a_result(patch=IN_SIGHT)
    assert bench.take("pull_request", origin.pull_event(), checkout, origin.merge) is Outcome.FASTER
    for words in ("no suggestions could be made", "no pull request could be made", "no comment could be written"):
        assert words in bench.summary


def test_pull_requests_that_actions_may_not_make_and_drafts_that_there_are_not(
    bench: Bench, origin: Origin, checkout: Path, state: State
) -> None:
    bench.result = a_result(patch=OUT_OF_SIGHT)
    state.may_make_pulls = False
    bench.take("pull_request", origin.pull_event(), checkout, origin.merge)
    assert "not permitted to create" in bench.summary
    state.may_make_pulls, state.has_drafts = True, False
    bench.take("pull_request", origin.pull_event(), checkout, origin.merge)
    (pull,) = state.pulls.values()
    assert pull["draft"] is False


def test_suggestions_alone_make_no_pull_request_and_none_makes_nothing(
    bench: Bench, origin: Origin, checkout: Path, state: State
) -> None:
    bench.result = a_result(patch=OUT_OF_SIGHT)
    for delivery in (Delivery.SUGGESTIONS, Delivery.NONE):
        bench.take("pull_request", origin.pull_event(), checkout, origin.merge, delivery=delivery)
    assert (state.reviews, state.pulls) == ({}, {})


def test_a_checkout_of_something_else_than_the_merge_is_refused(bench: Bench, origin: Origin, tmp_path: Path) -> None:
    checkout = origin.checkout(tmp_path / "head", origin.head)
    with pytest.raises(ConfigError, match="leave `ref` of actions/checkout as it is"):
        bench.take("pull_request", origin.pull_event(), checkout, origin.base)


def test_a_pull_request_that_was_closed_is_nothing_to_do(bench: Bench, origin: Origin, checkout: Path) -> None:
    usual = bench.take("pull_request", origin.pull_event(action="closed"), checkout, origin.merge)
    assert usual is Outcome.SKIPPED
    assert bench.asked == []


def test_hostile_text_does_nothing_in_comment_summary_and_outputs(
    bench: Bench, origin: Origin, checkout: Path, state: State
) -> None:
    hostile = "@everyone <img src=x> ``` [a](http://evil) | ![x](y) \x1b[31m"
    patch = patch_of("src/work.py", CHANGED, CHANGED.replace("result = 0", "result = 0  # ````</details>@all"))
    bench.result = a_result(status=RunStatus.FAILED, verdict=None, error=f"{hostile}\nverdict=faster", reason=hostile)
    bench.result = replace(bench.result, patch=patch, look_at=(hostile,), run_id="x\ny<<EOF")
    bench.take("pull_request", origin.pull_event(), checkout, origin.merge, delivery=Delivery.NONE)

    (told,) = state.told(NUMBER)
    assert "| reason | ```` @everyone <img src=x> ``` [a](http://evil) \\| ![x](y) ```` |" in told
    assert "`````diff\n" in told
    assert bench.outputs["run-id"] == "x\ny<<EOF"
    assert bench.outputs["outcome"] == "failed"


def test_the_checkout_is_as_shallow_as_github_makes_it(origin: Origin, tmp_path: Path) -> None:
    checkout = origin.checkout(tmp_path / "fresh", origin.merge)
    argv = ["git", "rev-list", "--count", "--all"]
    assert subprocess.run(argv, cwd=checkout, check=True, capture_output=True, text=True).stdout.strip() == "1"
    assert set(BASE) <= {path.relative_to(checkout).as_posix() for path in checkout.rglob("*")}


def test_a_pull_request_that_touches_no_code_is_left_in_peace(bench: Bench, state: State, tmp_path: Path) -> None:
    quiet = make_origin(tmp_path / "origin", before=BASE, after={"README.md": "more words\n"})
    checkout = quiet.checkout(tmp_path / "work", quiet.merge)
    for labels in ((), ("performance",)):
        event = quiet.pull_event(labels=labels)
        assert bench.take("pull_request", event, checkout, quiet.merge) is Outcome.SKIPPED
    assert (bench.asked, state.requests) == ([], [])
    assert "changes no file that may be edited" in bench.summary
