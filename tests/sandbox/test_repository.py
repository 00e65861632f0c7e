"""Reading repositories that nobody vouches for."""

import hashlib
import os
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.patch import PatchError, apply
from sandbox.addresses import Sources
from sandbox.repository import materialise, normalise, read_sources

from .conftest import commit, run_git

FILES_TOO = Sources(schemes=("https", "ssh", "file"))


def snapshot(folder: Path) -> dict[str, tuple[int, str]]:
    """Time and content of every file, .git included."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    return {str(p): (p.stat().st_mtime_ns, hashlib.sha256(p.read_bytes()).hexdigest()) for p in files}


def test_a_checkout_is_materialised_at_its_head(upstream: Path, tmp_path: Path) -> None:
    made = materialise(str(upstream), None, tmp_path / "into")
    assert made.revision == run_git(upstream, "rev-parse", "HEAD")
    assert made.tree == tmp_path / "into"
    assert (made.tree / "pkg/a.py").read_text() == "A = 2\n"


@pytest.mark.parametrize("ref", ["v1", "topic", "HEAD~1", "main~1"])
def test_any_name_of_a_commit_will_do(upstream: Path, tmp_path: Path, ref: str) -> None:
    made = materialise(str(upstream), ref, tmp_path / "into")
    assert made.revision == run_git(upstream, "rev-parse", "v1")
    assert (made.tree / "pkg/a.py").read_text() == "A = 1\n"


@pytest.mark.parametrize("ref", [None, "main", "v1", "topic"])
def test_a_url_is_fetched(upstream: Path, tmp_path: Path, ref: str | None) -> None:
    made = materialise(upstream.as_uri(), ref, tmp_path / "into", FILES_TOO)
    assert made.revision == run_git(upstream, "rev-parse", ref or "HEAD")


def test_a_url_knows_short_commit_ids(upstream: Path, tmp_path: Path) -> None:
    revision = run_git(upstream, "rev-parse", "v1")
    assert materialise(upstream.as_uri(), revision[:9], tmp_path / "into", FILES_TOO).revision == revision


def test_the_tree_knows_its_commit_but_not_where_it_came_from(upstream: Path, tmp_path: Path) -> None:
    made = materialise(str(upstream), None, tmp_path / "into")
    assert run_git(made.tree, "rev-parse", "HEAD") == made.revision
    assert run_git(made.tree, "status", "--porcelain") == ""
    assert not (made.tree / ".git/hooks").exists()
    everything = b"".join(path.read_bytes() for path in (made.tree / ".git").rglob("*") if path.is_file())
    assert str(upstream).encode() not in everything


@pytest.mark.parametrize("ref", [None, "v1"])
def test_the_users_checkout_is_not_written_to(upstream: Path, tmp_path: Path, ref: str | None) -> None:
    os.utime(upstream / "pkg/a.py", (1, 1))
    before = snapshot(upstream)
    materialise(str(upstream), ref, tmp_path / "into")
    assert snapshot(upstream) == before


@pytest.mark.parametrize(("path", "text"), [("pkg/a.py", "A = 3\n"), ("new.py", "")])
def test_uncommitted_changes_are_refused_but_not_when_a_ref_is_given(
    upstream: Path, tmp_path: Path, path: str, text: str
) -> None:
    (upstream / path).write_text(text)
    with pytest.raises(ConfigError, match=rf"{path}.*commit or stash"):
        materialise(str(upstream), None, tmp_path / "into")
    assert materialise(str(upstream), "main", tmp_path / "into").tree.is_dir()


def test_ignored_files_do_not_matter(upstream: Path, tmp_path: Path) -> None:
    (upstream / "ignored").write_text("")
    (upstream / "private").write_text("")
    (upstream / ".git/info").mkdir(exist_ok=True)
    (upstream / ".git/info/exclude").write_text("private\n")
    made = materialise(str(upstream), None, tmp_path / "into")
    assert not (made.tree / "ignored").exists()


def test_a_linked_work_tree_is_a_checkout_as_well(upstream: Path, tmp_path: Path) -> None:
    run_git(upstream, "worktree", "add", "-q", str(tmp_path / "linked"), "topic")
    made = materialise(str(tmp_path / "linked"), None, tmp_path / "into")
    assert made.revision == run_git(upstream, "rev-parse", "topic")


def test_places_that_are_no_checkout_are_refused_with_what_to_give_instead(upstream: Path, tmp_path: Path) -> None:
    bare, plain, fresh = tmp_path / "bare", tmp_path / "plain", tmp_path / "fresh"
    plain.mkdir()
    fresh.mkdir()
    run_git(fresh, "init", "-q")
    run_git(tmp_path, "clone", "-q", "--bare", str(upstream), str(bare))
    refusals = {
        str(bare): "bare",
        str(plain): "no git repository",
        str(fresh): "no commit yet",
        str(upstream / "pkg"): f"top-level folder {upstream}",
        str(tmp_path / "nowhere"): "no folder",
        "ext::sh -c true": "neither a path nor a URL",
        "http://example.org/x": "the scheme 'http'; allowed: https, ssh, file",
        "--upload-pack=x": "neither a path nor a URL",
        (tmp_path / "nowhere").as_uri(): "can't be read",
    }
    for place, reason in refusals.items():
        with pytest.raises(ConfigError, match=reason):
            materialise(place, None, tmp_path / "into", FILES_TOO)
        assert not (tmp_path / "into").exists()


@pytest.mark.parametrize("ref", ["-x", "--upload-pack=touch", "", "a b", "a:b"])
def test_refs_that_are_options_are_refused(upstream: Path, tmp_path: Path, ref: str) -> None:
    with pytest.raises(ConfigError, match="no branch, tag or commit"):
        materialise(str(upstream), ref, tmp_path / "into")


@pytest.mark.parametrize("as_url", [False, True])
def test_an_unknown_ref_is_answered_with_those_that_exist(upstream: Path, tmp_path: Path, *, as_url: bool) -> None:
    with pytest.raises(ConfigError, match=r"no branch, tag or commit 'nope'; it has main, topic, v1"):
        materialise(upstream.as_uri() if as_url else str(upstream), "nope", tmp_path / "into", FILES_TOO)


def test_no_hook_monitor_filter_or_helper_of_the_repository_runs(upstream: Path, tmp_path: Path, marker: Path) -> None:
    script = tmp_path / "evil"
    script.write_text(f"#!/bin/sh\necho $0 >> {marker}\ncat\n")
    script.chmod(0o755)
    commit(upstream, {".gitattributes": "*.py filter=evil diff=evil\n"}, "attributes")
    for name in ("post-checkout", "post-index-change", "reference-transaction", "pre-auto-gc"):
        (upstream / ".git/hooks").mkdir(exist_ok=True)
        (upstream / ".git/hooks" / name).write_text(script.read_text())
        (upstream / ".git/hooks" / name).chmod(0o755)
    for key in ("core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.textconv",
                "uploadpack.packObjectsHook", "core.sshCommand", "core.alternateRefsCommand", "core.pager"):  # fmt: skip
        run_git(upstream, "config", key, str(script))
    marker.unlink(missing_ok=True)
    os.utime(upstream / "pkg/a.py", (1, 1))
    materialise(str(upstream), None, tmp_path / "one")
    materialise(upstream.as_uri(), None, tmp_path / "two", FILES_TOO)
    assert not marker.exists()


def test_sources_are_the_texts_that_match(tmp_path: Path) -> None:
    (tmp_path / "pkg/.git").mkdir(parents=True)
    contents = {
        "a.py": b"\xff = 1\r\n",
        "pkg/b.py": b"b",
        "pkg/no.py": b"",
        "zero.py": b"a\0",
        "big.py": b"x" * (1 << 21),
    }
    for path, content in contents.items():
        (tmp_path / path).write_bytes(content)
    (tmp_path / "pkg/.git/c.py").write_text("git's")
    (tmp_path / "link.py").symlink_to("a.py")
    found = read_sources(tmp_path, ["*.py", "!no.py"])
    assert found == {"a.py": "\udcff = 1\r\n", "pkg/b.py": "b"}


PATCH = """From 1234 Mon Sep 17 00:00:00 2001
Subject: [PATCH] faster

---
 pkg/a.py | 2 +-

diff --git a/pkg/a.py b/pkg/a.py
index 111..222 100644
--- a/pkg/a.py
+++ b/pkg/a.py
@@ -9,3 +9,3 @@
 one
-two
+TWO
 three
--\x20
2.39.5
"""


def test_a_patch_with_offsets_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "pkg").mkdir()
    text = "zero\nnought\none\ntwo\nthree\n"
    (tmp_path / "pkg/a.py").write_text(text)
    patch = normalise(tmp_path, PATCH)
    assert patch.startswith("diff --git a/pkg/a.py b/pkg/a.py\n--- a/pkg/a.py\n+++ b/pkg/a.py\n@@ -1,5 +1,5 @@\n")
    assert apply(patch, {"pkg/a.py": text}) == {"pkg/a.py": "zero\nnought\none\nTWO\nthree\n"}


@pytest.mark.parametrize(
    ("patch", "reason"),
    [
        ("nonsense", "no unified diff"),
        (PATCH.replace("pkg/a.py", "pkg/gone.py"), "can't apply"),
        (PATCH.replace("two", "other"), "can't apply"),
        (PATCH.replace("pkg/a.py", "../a.py"), "no path of a file"),
        (PATCH.replace("pkg/a.py", "link.py"), "not a plain file"),
        (PATCH.replace("index 111..222 100644", "old mode 100644\nnew mode 100755"), "only change the text"),
        (
            "diff --git a/x b/x\nnew file mode 120000\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+/etc\n",
            "only change the text",
        ),
    ],
)
def test_a_patch_that_does_not_fit_or_does_more_is_refused(tmp_path: Path, patch: str, reason: str) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg/a.py").write_text("one\ntwo\nthree\n")
    (tmp_path / "link.py").symlink_to("pkg/a.py")
    with pytest.raises(PatchError, match=reason):
        normalise(tmp_path, patch)


def test_normalising_does_not_touch_the_tree(tmp_path: Path) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg/a.py").write_text("one\ntwo\nthree\n")
    before = snapshot(tmp_path)
    normalise(tmp_path, PATCH)
    assert snapshot(tmp_path) == before
