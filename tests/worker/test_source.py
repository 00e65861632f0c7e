"""How a submitted repository becomes a run's tree, and how a resumed run finds it again."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import ConfigError, MachineError
from sandbox.addresses import Sources
from sandbox.extent import Limits
from worker.source import obtain_again

from .conftest import PROBLEM, Door, committed, packed


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A zip of the problem."""
    path = tmp_path / "project.zip"
    path.write_bytes(packed())
    return path


def test_an_archive_becomes_a_run(door: Door, archive: Path) -> None:
    run = door.submit(str(archive))
    tree = door.settings.workspace(run.id) / "tree"
    assert {name: (tree / name).read_text() for name in PROBLEM} == PROBLEM
    assert run.problem.repository == str(archive)
    assert run.problem.title == "project.zip"
    assert door.store.load(run.id).run == run


def test_the_same_archive_is_the_same_revision(door: Door, archive: Path) -> None:
    first, second = door.submit(str(archive)), door.submit(str(archive))
    assert first.problem.revision == second.problem.revision


@pytest.mark.parametrize("kind", ["archive", "checkout"])
def test_a_run_finds_its_tree_again(door: Door, archive: Path, tmp_path: Path, kind: str) -> None:
    run = door.submit(str(archive) if kind == "archive" else str(committed(tmp_path / "repo")))
    workspace = door.settings.workspace(run.id)
    shutil.rmtree(workspace / "tree")
    archive.unlink()
    tree = obtain_again(run.problem, workspace, door.settings.sources)
    assert {name: (tree / name).read_text() for name in PROBLEM} == PROBLEM
    assert obtain_again(run.problem, workspace, door.settings.sources) == tree


def test_an_archive_that_came_over_the_network_and_is_gone_is_named(door: Door, archive: Path) -> None:
    run = door.submit(str(archive), name="theirs.zip")
    assert run.problem.repository == "theirs.zip"
    shutil.rmtree(door.settings.workspace(run.id))
    with pytest.raises(ConfigError, match=r"theirs\.zip is not kept any more; submit it again"):
        obtain_again(run.problem, door.settings.workspace(run.id), door.settings.sources)


def test_a_server_that_is_out_of_reach_now_is_no_fault_of_the_request(door: Door, tmp_path: Path) -> None:
    remote = door.with_sources(Sources(schemes=("file",)))
    repository = committed(tmp_path / "repo")
    run = remote.submit(repository.as_uri())
    workspace = remote.settings.workspace(run.id)
    shutil.rmtree(workspace / "tree")
    repository.rename(tmp_path / "away")
    with pytest.raises(MachineError, match="can't be fetched again"):
        obtain_again(run.problem, workspace, remote.settings.sources)
    (tmp_path / "away").rename(repository)
    assert obtain_again(run.problem, workspace, remote.settings.sources).is_dir()


def test_an_archive_that_is_another_one_now_is_refused(door: Door, archive: Path) -> None:
    run = door.submit(str(archive))
    other = replace(run.problem, revision="0" * 40)
    shutil.rmtree(door.settings.workspace(run.id) / "tree")
    with pytest.raises(ConfigError, match="has the revision"):
        obtain_again(other, door.settings.workspace(run.id), door.settings.sources)


def test_a_ref_makes_no_sense_with_an_archive(door: Door, archive: Path) -> None:
    with pytest.raises(ConfigError, match="an archive has no branches, tags and commits; leave 'main' out"):
        door.submit(str(archive), ref="main")
    assert door.runs == []


def test_an_archive_over_the_limit_is_not_even_copied(door: Door, archive: Path) -> None:
    with pytest.raises(ConfigError, match="can't be taken: it is larger than 100 bytes"):
        door.with_sources(Sources(limits=Limits(size_bytes=100))).submit(str(archive))
    assert door.runs == []


@pytest.mark.parametrize("name", ["repo", "project.zip", "nowhere", "/etc/passwd", "", "~", "a\0b", "x" * 300])
def test_where_paths_are_not_taken_nothing_is_told_about_them(door: Door, tmp_path: Path, name: str) -> None:
    committed(tmp_path / "repo")
    (tmp_path / "project.zip").write_bytes(packed())
    place = str(tmp_path / name) if name in {"repo", "project.zip", "nowhere"} else name
    with pytest.raises(ConfigError, match=r"is no URL; give a URL \(https, ssh\)"):
        door.with_sources(Sources(local=False)).submit(place)
    assert door.runs == []


@pytest.mark.parametrize("name", ["nowhere", "", "a\0b", "x" * 300, "\ud800", "-x"])
def test_a_path_of_nothing_is_refused_with_what_can_be_given(door: Door, name: str) -> None:
    with pytest.raises(ConfigError, match=r"a git checkout or of an archive \(\.zip, .*\), or a URL \(https, ssh\)"):
        door.submit(name)
    assert door.runs == []


def test_a_file_that_is_no_archive_is_refused(door: Door, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(ConfigError, match="no folder"):
        door.submit(str(tmp_path / "notes.txt"))
