"""Git tricks in a repository that is handed in: programs that git would run on the host. No sandbox is there yet."""

import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from core.errors import ConfigError
from sandbox.addresses import Sources
from sandbox.repository import materialise
from tests.sandbox.conftest import commit, run_git

EVERY_SCHEME = Sources(schemes=("https", "ssh", "file"))


@pytest.fixture
def script(tmp_path: Path, marker: Path) -> Path:
    """A program that tells that it ran."""
    file = tmp_path / "evil"
    file.write_text(f"#!/bin/sh\necho ran >> {marker}\ncat\n")
    file.chmod(0o755)
    return file


def hand_in(repository: str, into: Path, ref: str | None = None) -> Path | None:
    """The files of the repository, or None when it is refused, as any of these may be."""
    with suppress(ConfigError):
        return materialise(repository, ref, into, EVERY_SCHEME).tree
    return None


def hand_in_both_ways(upstream: Path, into: Path) -> None:
    for name, repository in {"path": str(upstream), "url": upstream.as_uri()}.items():
        hand_in(repository, into / name)


def is_dangerous(folder: Path, marker: Path, *arguments: str) -> bool:
    """Whether git itself, used without care, runs the trick."""
    subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False, timeout=30)
    ran = marker.exists()
    marker.unlink(missing_ok=True)
    return ran


HOOKS = ("post-checkout", "post-index-change", "reference-transaction", "pre-auto-gc", "post-merge", "post-rewrite")


def test_hooks_do_not_run(upstream: Path, tmp_path: Path, marker: Path, script: Path) -> None:
    (upstream / ".git/hooks").mkdir(exist_ok=True)
    for hook in HOOKS:
        (upstream / ".git/hooks" / hook).symlink_to(script)
    hand_in_both_ways(upstream, tmp_path / "into")
    assert not marker.exists()
    assert is_dangerous(upstream, marker, "checkout", "topic")


KEYS = ("core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.askPass", "core.alternateRefsCommand",
        "core.gitProxy", "credential.helper", "diff.external", "gpg.program", "uploadpack.packObjectsHook",
        "filter.lfs.smudge", "filter.lfs.process", "filter.lfs.clean", "diff.lfs.textconv", "diff.lfs.command",
        "merge.lfs.driver", "remote.origin.uploadpack", "alias.fetch", "alias.checkout")  # fmt: skip


def test_programs_that_the_configuration_names_do_not_run(
    upstream: Path, tmp_path: Path, marker: Path, script: Path
) -> None:
    commit(upstream, {".gitattributes": "* filter=lfs diff=lfs merge=lfs\n"}, "attributes")
    (upstream / "pkg/a.py").touch()
    for key in KEYS:
        run_git(upstream, "config", key, str(script))
    hand_in_both_ways(upstream, tmp_path / "into")
    assert not marker.exists()
    assert is_dangerous(upstream, marker, "status")


@pytest.mark.parametrize("how", ["include.path", "includeIf.gitdir:/**.path", "includeIf.onbranch:**.path"])
def test_programs_that_an_included_configuration_names_do_not_run(
    upstream: Path, tmp_path: Path, marker: Path, script: Path, how: str
) -> None:
    commit(upstream, {"more": f"[core]\n\tfsmonitor = {script}\n\tsshCommand = {script}\n"}, "configuration")
    run_git(upstream, "config", how, str(upstream / "more"))
    hand_in_both_ways(upstream, tmp_path / "into")
    assert not marker.exists()
    assert is_dangerous(upstream, marker, "status")


def test_hooks_in_a_folder_that_the_configuration_names_do_not_run(
    upstream: Path, tmp_path: Path, marker: Path, script: Path
) -> None:
    commit(upstream, {"hooks/post-checkout": script.read_text()}, "hook")
    run_git(upstream, "config", "core.hooksPath", str(upstream / "hooks"))
    (upstream / "hooks/post-checkout").chmod(0o755)
    run_git(upstream, "commit", "-qam", "mode")
    marker.unlink(missing_ok=True)
    hand_in_both_ways(upstream, tmp_path / "into")
    assert not marker.exists()
    assert is_dangerous(upstream, marker, "checkout", "--detach")


@pytest.mark.parametrize(
    "url", ["ext::{script}", "file://{other}", "{other}", "../other", "-u{script}", "--upload-pack={script}"]
)
def test_submodules_are_not_fetched(upstream: Path, tmp_path: Path, marker: Path, script: Path, url: str) -> None:
    other = tmp_path / "other"
    other.mkdir()
    commit(other, {"secret": "of another repository\n"}, "secret")
    url = url.format(script=script, other=other)
    commit(upstream, {".gitmodules": f'[submodule "sub"]\n\tpath = sub\n\turl = {url}\n'}, "module")
    revision = run_git(other, "rev-parse", "HEAD")
    run_git(upstream, "update-index", "--add", "--cacheinfo", f"160000,{revision},sub")
    run_git(upstream, "commit", "-qm", "link")
    run_git(upstream, "config", "submodule.recurse", "true")
    run_git(upstream, "config", "submodule.sub.url", url)
    run_git(upstream, "config", "submodule.sub.update", f"!{script}")
    hand_in_both_ways(upstream, tmp_path / "into")
    assert list((tmp_path / "into").rglob("secret")) == []
    assert not marker.exists()


URLS = (
    "ext::{script}",
    "ext::sh -c {script}% %S",
    "ext::{script}%20",
    "EXT::{script}",
    "fd::0",
    "--upload-pack={script}",
    "-u{script}",
    "--config=core.fsmonitor={script}",
    "file://{upstream} --upload-pack={script}",
    "file://{upstream}\n--upload-pack={script}",
    "ssh://-oProxyCommand={script}/path",
    "ssh://-oProxyCommand={script}@localhost/path",
    "ssh://localhost:-oProxyCommand={script}/path",
    "git@-oProxyCommand={script}:path",
    "-oProxyCommand={script}@localhost:path",
    "transport::ext::{script}",
    "https+ext::{script}",
    "bundle::{script}",
    "{upstream}/.git/../../evil",
    "",
    "\0",
)


@pytest.mark.parametrize("url", URLS)
def test_a_url_names_a_place_and_never_a_program(
    upstream: Path, tmp_path: Path, marker: Path, script: Path, url: str
) -> None:
    assert hand_in(url.format(script=script, upstream=upstream), tmp_path / "into") is None
    assert not marker.exists()


def test_git_itself_would_run_the_program_in_an_ext_url(tmp_path: Path, marker: Path) -> None:
    assert is_dangerous(tmp_path, marker, "-c", "protocol.ext.allow=always", "ls-remote", f"ext::touch {marker}")


REFS = (
    "--upload-pack={script}",
    "-u{script}",
    "--exec={script}",
    "main --upload-pack={script}",
    "main\n--upload-pack={script}",
    "--output={script}",
    "main:refs/heads/other",
    "+main:refs/heads/main",
    "^main",
    ":/second",
    "@{{-1}}",
    "main..topic",
    "refs/../../config",
    "-",
    "",
    "\0",
)


@pytest.mark.parametrize("ref", REFS)
@pytest.mark.parametrize("as_url", [False, True])
def test_a_ref_is_a_name_and_never_an_option(
    upstream: Path, tmp_path: Path, marker: Path, script: Path, ref: str, *, as_url: bool
) -> None:
    repository = upstream.as_uri() if as_url else str(upstream)
    assert hand_in(repository, tmp_path / "into", ref.format(script=script)) is None
    assert not marker.exists()


def test_a_git_file_that_points_elsewhere_brings_no_configuration_along(
    upstream: Path, tmp_path: Path, marker: Path, script: Path
) -> None:
    (upstream / ".git").rename(tmp_path / "elsewhere")
    (upstream / ".git").write_text(f"gitdir: {tmp_path / 'elsewhere'}\n")
    run_git(upstream, "config", "core.fsmonitor", str(script))
    run_git(upstream, "config", "core.worktree", str(upstream))
    hand_in_both_ways(upstream, tmp_path / "into")
    assert not marker.exists()


def tree_of(folder: Path, *entries: str) -> str:
    """A commit of a tree as no git would write it."""
    argv = ["git", "mktree", "--missing"]
    made = subprocess.run(argv, input="\n".join(entries) + "\n", cwd=folder, capture_output=True, text=True, check=True)
    return run_git(folder, "commit-tree", "-m", "made up", made.stdout.strip())


def blob_of(folder: Path, text: str) -> str:
    argv = ["git", "hash-object", "-w", "--stdin"]
    return subprocess.run(argv, input=text, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("name", [".git", ".GIT", ".git ", "git~1", ".g\u200cit", "..", "."])
def test_a_tree_that_has_a_git_folder_does_not_become_one(
    upstream: Path, tmp_path: Path, marker: Path, script: Path, name: str
) -> None:
    blob = blob_of(upstream, f"[core]\n\tfsmonitor = {script}\n")
    inner = subprocess.run(
        ["git", "mktree"],
        input=f"100644 blob {blob}\tconfig\n",
        cwd=upstream,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    revision = tree_of(upstream, f"040000 tree {inner}\t{name}")
    run_git(upstream, "branch", "-f", "evil", revision)
    tree = hand_in(upstream.as_uri(), tmp_path / "into", "evil")
    assert tree is None or str(script) not in (tree / ".git/config").read_text()
    assert not marker.exists()
    assert not (tmp_path / "config").exists()


def test_a_tree_does_not_write_through_a_link_of_its_own(upstream: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    link = blob_of(upstream, str(outside))
    blob = blob_of(upstream, "written outside")
    inner = subprocess.run(
        ["git", "mktree"], input=f"100644 blob {blob}\tfile\n", cwd=upstream, capture_output=True, text=True, check=True
    ).stdout.strip()
    revision = tree_of(upstream, f"120000 blob {link}\ta", f"040000 tree {inner}\ta")
    run_git(upstream, "branch", "-f", "evil", revision)
    hand_in(upstream.as_uri(), tmp_path / "into", "evil")
    assert list(outside.iterdir()) == []


def test_a_work_tree_that_the_configuration_names_is_not_written(upstream: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    run_git(upstream, "config", "core.worktree", str(outside))
    hand_in_both_ways(upstream, tmp_path / "into")
    assert list(outside.iterdir()) == []


def test_no_configuration_or_hook_of_the_repository_is_in_what_the_sandbox_gets(
    upstream: Path, tmp_path: Path, script: Path
) -> None:
    run_git(upstream, "config", "core.fsmonitor", str(script))
    (upstream / ".git/hooks").mkdir(exist_ok=True)
    (upstream / ".git/hooks/post-checkout").symlink_to(script)
    tree = hand_in(str(upstream), tmp_path / "into")
    assert tree is not None
    assert not (tree / ".git/hooks").exists()
    assert "fsmonitor" not in (tree / ".git/config").read_text()
