"""Five hundred submissions of people who mean harm: each is refused with a reason, or becomes a run that stays in its place."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings

from core.errors import ConfigError
from core.run import Run
from sandbox.addresses import Sources
from tests.fakes.store import MemoryStore

from .conftest import Door, packed
from .hostile import Submission, submissions

NOT_PUBLIC = ("10.0.0.7", "192.0.2.1", "198.51.100.9", "203.0.113.5", "2001:db8::1", "::1", "169.254.169.254")
GIT = """#!/bin/sh
for word; do case "$word" in fetch|ls-remote) echo "$@" >> {marker};; esac; done
exec {git} "$@"
"""


def nowhere(host: str, port: int) -> Sequence[str]:
    """Every name is a machine that is not on the public internet."""
    return [NOT_PUBLIC[(len(host) + port) % len(NOT_PUBLIC)]]


def contents(folder: Path) -> dict[str, bytes]:
    """Everything below by its path, links by their targets."""
    found: dict[str, bytes] = {}
    for path in folder.rglob("*"):
        linked = path.is_symlink()
        told = os.fsencode(path.readlink()) if linked else path.read_bytes() if path.is_file() else b"folder"
        found[str(path.relative_to(folder))] = told
    return found


@pytest.fixture
def marker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Written when git is asked to talk to another repository."""
    marker, folder = tmp_path / "asked", tmp_path / "bin"
    folder.mkdir()
    (folder / "git").write_text(GIT.format(marker=marker, git=shutil.which("git")))
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.chdir(folder)
    return marker


def tried(door: Door, submission: Submission, upload: Path) -> Run | str:
    """The run, or why there is none. Any other exception than a refusal is a failure."""
    try:
        return door.submit(str(upload) if submission.ending else submission.repository, ref=submission.ref)
    except ConfigError as refusal:
        return str(refusal)


@settings(
    max_examples=500,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(submission=submissions)
@example(submission=Submission(ending=".zip", packed=packed()))
@example(submission=Submission(repository="https://127.0.0.1/a"))
def test_a_submission_is_refused_or_contained(door: Door, marker: Path, tmp_path: Path, submission: Submission) -> None:
    door = replace(door.with_sources(Sources(resolve=nowhere)), store=MemoryStore())
    upload = tmp_path / f"upload{submission.ending}"
    if submission.ending:
        upload.write_bytes(submission.packed)
    before = dict(contents(tmp_path))
    outcome = tried(door, submission, upload)
    if isinstance(outcome, str):
        assert outcome
        assert "\x1b" not in outcome
        assert not door.store.runs
    else:
        assert submission.ending
        assert list(door.store.runs) == door.runs == [outcome.id]
        tree = door.settings.workspace(outcome.id) / "tree"
        assert all(path.resolve().is_relative_to(tree) for path in tree.rglob("*"))
        shutil.rmtree(door.settings.workspace(outcome.id))
    assert not door.runs
    assert {name: told for name, told in contents(tmp_path).items() if not name.startswith("home")} == before
    assert not marker.exists()
    shutil.rmtree(door.settings.home, ignore_errors=True)
