"""A pull request with the patch of a run, opened by somebody with a token of their own."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.run import Record
from tests.fakes.github import State
from tests.fakes.records import a_successful_record
from tests.worker.github.repositories import OTHER, Origin, patch_of
from worker.github.client import NotAllowedError
from worker.github.offering import name_on, offer_patch
from worker.settings import Settings, read_settings

PATCH = patch_of("src/other.py", OTHER, OTHER.replace("None", "(None)"))


@pytest.fixture
def settings(state: State, origin: Origin, tmp_path: Path) -> Settings:
    (tmp_path / "team").mkdir()
    subprocess.run(
        ["git", "clone", "-q", "--bare", str(origin.folder), str(tmp_path / "team" / "tally.git")], check=True
    )
    places = {"PERFSMITH_GITHUB_URL": tmp_path.as_uri(), "PERFSMITH_GITHUB_API_URL": state.url}
    return read_settings({"PERFSMITH_HOME": str(tmp_path / "home"), **places})


@pytest.fixture
def record(settings: Settings, origin: Origin) -> Record:
    record = a_successful_record()
    winner = record.winner
    assert winner
    problem = replace(record.run.problem, repository=f"{settings.github.url}/team/tally.git", revision=origin.base)
    patched = replace(winner, proposal=replace(winner.proposal, patch=PATCH))
    candidates = tuple(patched if each is winner else each for each in record.candidates)
    return replace(record, run=replace(record.run, problem=problem), candidates=candidates)


@pytest.mark.parametrize(("base", "onto"), [("", "main"), ("faster", "faster")])
def test_a_confirmed_patch_is_offered_to_a_branch_once(
    settings: Settings, record: Record, state: State, base: str, onto: str
) -> None:
    found = {offer_patch(record, settings, token="the-token", base=base) for _ in range(2)}

    (pull,) = state.pulls.values()
    assert found == {pull["html_url"]}
    assert (pull["base"]["ref"], pull["head"]["ref"], pull["draft"]) == (onto, f"perfsmith/{record.run.id}", True)
    (told,) = {pull["title"]}
    assert told.startswith("perfsmith: ✓")
    assert "` aaa" not in pull["body"]
    assert list(settings.scratch.glob("checkout*")) == []


@pytest.mark.parametrize(
    ("token", "base", "words"),
    [
        ("", "", "the token is none of GitHub's"),
        ("a\nb", "", "the token is none of GitHub's"),
        ("a b", "", "the token is none of GitHub's"),
        ("x" * 1001, "", "the token is none of GitHub's"),
        ("another", "", "Bad credentials"),
        ("the-token", "no-such", "has no refs/heads/no-such"),
        ("the-token", "main:refs/heads/x", "is no name of a branch"),
        ("the-token", "../x", "is no name of a branch"),
        *(
            ("the-token", base, "is no name of a branch")
            for base in ("a b", "a\x01b", "x.lock", "@{", "a//b", "a/.b", "a.", "x" * 300)
        ),
    ],
)
def test_what_can_not_be_offered_is_said(settings: Settings, record: Record, token: str, base: str, words: str) -> None:
    with pytest.raises((ConfigError, NotAllowedError), match=words):
        offer_patch(record, settings, token=token, base=base)


@pytest.mark.parametrize("revision", ["--output=victim", "main", "", "A" * 40])
def test_a_revision_that_is_no_commit_reaches_no_git(settings: Settings, record: Record, revision: str) -> None:
    problem = replace(record.run.problem, revision=revision)
    with pytest.raises(ConfigError, match="is no full id of a commit"):
        offer_patch(replace(record, run=replace(record.run, problem=problem)), settings, token="the-token", base="")


def test_code_that_was_changed_since_it_was_measured_is_left_alone(
    settings: Settings, record: Record, state: State
) -> None:
    winner = record.winner
    assert winner
    patch = patch_of("src/work.py", "other\n", "another\n")
    moved = replace(winner, proposal=replace(winner.proposal, patch=patch))
    record = replace(record, candidates=tuple(moved if each is winner else each for each in record.candidates))
    with pytest.raises(NotAllowedError, match=r"faster has another src/work\.py"):
        offer_patch(record, settings, token="the-token", base="faster")
    assert state.refs == {}


def test_a_token_that_may_not_is_told_so(settings: Settings, record: Record, state: State) -> None:
    state.may_write = False
    with pytest.raises(NotAllowedError, match="not accessible"):
        offer_patch(record, settings, token="the-token", base="")


@pytest.mark.parametrize(
    ("repository", "name"),
    [
        ("https://github.com/team/tally.git", "team/tally"),
        ("https://github.com/team/tally", "team/tally"),
        ("git@github.com:team/tally.git", "team/tally"),
        ("ssh://git@github.com/team/tally.git", "team/tally"),
        ("https://github.com.evil.example/team/tally", None),
        ("https://evil.example/https://github.com/team/tally", None),
        ("https://github.com/team/tally/../../x", None),
        ("https://github.com/team", None),
        ("tally.zip", None),
    ],
)
def test_a_token_goes_to_the_github_of_the_settings_only(repository: str, name: str | None) -> None:
    assert name_on("https://github.com", repository) == name
