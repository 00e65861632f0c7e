"""A repository full of links to the host's files: none of them is read here, whatever part of perfsmith looks at it."""

import os
from pathlib import Path

import pytest

from core.errors import ConfigError
from sandbox.applying import may_edit
from sandbox.environments import key_of
from sandbox.repository import normalise, read_sources, text_of
from worker.problem.source_tree import SourceTree
from worker.problem.starter import starter_file

from .conftest import CANARY, PROBLEM, Door, committed, packed

DOORS = ["perfsmith.toml", "pyproject.toml"]
HINTS = ["setup.cfg", "setup.py", "tox.ini", "pytest.ini", "asv.conf.json", "requirements.txt", "conftest.py"]


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize("climb", [False, True])
def test_configuration_is_not_read_through_a_link(door: Door, tmp_path: Path, name: str, *, climb: bool) -> None:
    files = {path: text for path, text in PROBLEM.items() if path != name}
    target = door.outside / "perfsmith.toml"
    repository = committed(tmp_path / "repo", files, {name: os.path.relpath(target, "/") if climb else str(target)})
    if climb:
        (repository / name).unlink()
        (repository / name).symlink_to("../" * 30 + os.path.relpath(target, "/"))
        committed(repository, {})
    with pytest.raises(ConfigError, match=f"{name} is a link that leads out of the repository") as refusal:
        door.submit(str(repository))
    assert CANARY not in str(refusal.value)
    assert door.runs == []


def test_a_link_to_a_link_and_a_folder_that_is_a_link_lead_nowhere_either(door: Door, tmp_path: Path) -> None:
    files = {path: text for path, text in PROBLEM.items() if path != "perfsmith.toml"}
    links = {"away": str(door.outside), "perfsmith.toml": "away/perfsmith.toml"}
    with pytest.raises(ConfigError, match="leads out of the repository"):
        door.submit(str(committed(tmp_path / "repo", files, links)))


def test_what_is_detected_does_not_depend_on_the_hosts_files(door: Door, tmp_path: Path) -> None:
    links = {name: str(door.outside / "secret.py") for name in (*HINTS, "bench.py", "workload.py")}
    tree = committed(tmp_path / "repo", PROBLEM, links)
    found = SourceTree.of(tree)
    assert not set(links) & set(found.files)
    assert all(CANARY not in found.text(name) for name in links)
    run = door.submit(str(tree))
    assert CANARY not in repr(run)
    (tree / "perfsmith.toml").unlink()
    assert CANARY not in starter_file(tree)


def test_a_folder_is_no_environment_because_of_a_link(tmp_path: Path) -> None:
    for name, target in (("one", "/etc/passwd"), ("two", "/no/such/file")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "code.py").write_text("")
        (tmp_path / name / "pyvenv.cfg").symlink_to(target)
    assert SourceTree.of(tmp_path).files == ("one/code.py", "two/code.py")


def test_sources_prompts_and_patches_see_no_file_behind_a_link(door: Door, tmp_path: Path) -> None:
    links = {"direct.py": str(door.outside / "secret.py"), "away": str(door.outside), "same.py": "work.py"}
    tree = committed(tmp_path / "repo", PROBLEM, links)
    assert set(read_sources(tree, ["**/*.py"])) == {"work.py", "test_work.py"}
    assert text_of(tree / "direct.py") is None
    allowed = may_edit(["**"], tree)
    assert not any(allowed(path) for path in ("direct.py", "same.py", "away/secret.py", "away/new.py"))
    for path in ("direct.py", "away/secret.py"):
        patch = f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-KEY = '{CANARY}'\n+KEY = ''\n"
        with pytest.raises(ValueError, match="not a"):
            normalise(tree, patch)


def test_an_environments_key_tells_the_link_and_not_what_is_behind_it(door: Door, tmp_path: Path) -> None:
    tree = committed(
        tmp_path / "repo", PROBLEM, {"direct.py": str(door.outside / "secret.py"), "away": str(door.outside)}
    )
    before = key_of(tree, (), backend="x")
    (door.outside / "secret.py").write_text("changed")
    assert key_of(tree, (), backend="x") == before


def test_archives_can_not_hold_such_links_at_all(door: Door, tmp_path: Path) -> None:
    for name in (*DOORS, "direct.py"):
        files = {path: text for path, text in PROBLEM.items() if path != name}
        (tmp_path / "a.zip").write_bytes(packed(files, {name: str(door.outside / "perfsmith.toml")}))
        with pytest.raises(ConfigError, match=rf"the link '{name}' leads to .*only paths inside the tree"):
            door.submit(str(tmp_path / "a.zip"))
    assert door.runs == []
