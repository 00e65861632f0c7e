import contextlib
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import patch as patches

lines = st.lists(st.text(alphabet="ab-+ \\@\r\té", max_size=6), max_size=12)
texts = st.builds(lambda parts, end: "\n".join(parts) + ("\n" if end and parts else ""), lines, st.booleans())


@settings(max_examples=300)
@given(before=texts, after=texts, other=texts)
def test_applying_a_diff_gives_the_text_that_it_was_made_for(before: str, after: str, other: str) -> None:
    sources = {"a.py": before, "b.py": other}
    patch = patches.diff(sources, {"a.py": after, "b.py": other})
    assert patch == "" if before == after else patches.apply(patch, sources) == {"a.py": after}


@settings(max_examples=40, deadline=None)
@given(before=texts, after=texts)
def test_git_applies_our_diffs_to_the_same_effect(
    tmp_path_factory: pytest.TempPathFactory, before: str, after: str
) -> None:
    folder = tmp_path_factory.mktemp("tree")
    file = folder / "a.py"
    file.write_bytes(before.encode())
    patch = patches.diff({"a.py": before}, {"a.py": after})
    if patch:
        subprocess.run(["git", "apply", "-"], input=patch.encode(), cwd=folder, check=True, capture_output=True)
    assert file.read_bytes().decode() == after


def test_a_file_can_be_created_and_deleted() -> None:
    patch = patches.diff({"old.py": "x\n"}, {"old.py": None, "new.py": "y\n"})
    assert patches.apply(patch, {"old.py": "x\n"}) == {"old.py": None, "new.py": "y\n"}


def test_an_empty_file_can_be_created_and_deleted() -> None:
    patch = patches.diff({"old.py": ""}, {"old.py": None, "new.py": ""})
    assert patches.apply(patch, {"old.py": ""}) == {"old.py": None, "new.py": ""}


@pytest.mark.parametrize(
    "header",
    [
        "old mode 100644\nnew mode 100755",
        "new file mode 120000",
        "rename from a.py\nrename to b.py",
        "GIT binary patch",
        "new file mode 160000",
        "new file mode 100755",
        "new file mode 040000",
        "deleted file mode 120000",
        "index 0123abc..4567def 120000",
        "index 0123abc..4567def 160000",
        "copy from b.py\ncopy to a.py",
        "Binary files a/a.py and b/a.py differ",
        "similarity index 90%\nrename from b.py",
    ],
)
def test_anything_but_a_change_of_text_is_refused(header: str) -> None:
    patch = f"diff --git a/a.py b/a.py\n{header}\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x\n+y\n"
    with pytest.raises(patches.PatchError, match="plain files"):
        patches.read(patch)


def test_a_removed_line_that_looks_like_a_header_is_a_line() -> None:
    before, after = "-- a/b\n++ c\nx\n", "x\n"
    assert patches.apply(patches.diff({"a.sql": before}, {"a.sql": after}), {"a.sql": before}) == {"a.sql": after}


def test_a_patch_that_does_not_fit_names_file_and_line() -> None:
    patch = patches.diff({"a.py": "x\n"}, {"a.py": "y\n"})
    with pytest.raises(patches.PatchError, match=r"line 1 of a\.py"):
        patches.apply(patch, {"a.py": "z\n"})


@pytest.mark.parametrize(
    "patch", ["", "hello", "--- a/x\n", "diff --git a/x b/x\n", "--- a/x\n+++ b/x\n@@ -1,5 +1,5 @@\n-x\n"]
)
def test_what_is_no_patch_is_refused_with_a_reason(patch: str) -> None:
    with pytest.raises(patches.PatchError):
        patches.read(patch)


def test_a_file_that_is_changed_twice_is_refused() -> None:
    once = patches.diff({"a.py": "x\n"}, {"a.py": "y\n"})
    with pytest.raises(patches.PatchError, match="more than once"):
        patches.read(once + once)


@given(st.text(max_size=300))
def test_no_text_makes_the_reader_fail_in_another_way(text: str) -> None:
    with contextlib.suppress(patches.PatchError):
        patches.apply(text, {"a.py": "x\n"})


def test_a_commit_message_before_the_patch_is_passed_over() -> None:
    patch = (
        "From 123\nSubject: faster\n\n---\n a.py | 2 +-\n\n"
        + patches.diff({"a.py": "x\n"}, {"a.py": "y\n"})
        + "-- \n2.39\n"
    )
    assert patches.apply(patch, {"a.py": "x\n"}) == {"a.py": "y\n"}


@pytest.mark.parametrize("left_over", ["+raise SystemExit\n", " kept\n", "@@ -1 +1\n-x\n+y\n", "-gone\n"])
def test_what_looks_like_the_rest_of_a_hunk_is_refused_and_not_left_out(left_over: str) -> None:
    with pytest.raises(patches.PatchError, match=r"belongs to no hunk|not a hunk header"):
        patches.read(patches.diff({"a.py": "x\n"}, {"a.py": "y\n"}) + left_over)


def test_a_file_name_is_read_as_git_quotes_it() -> None:
    patch = '--- "a/gr\\303\\266sse.py"\n+++ "b/gr\\303\\266sse.py"\n@@ -1 +1 @@\n-x\n+y\n'
    assert patches.apply(patch, {"grösse.py": "x\n"}) == {"grösse.py": "y\n"}


def test_a_header_that_names_another_file_than_is_changed_is_refused() -> None:
    patch = patches.diff({"a.py": "x\n"}, {"a.py": "y\n"}).replace(
        "diff --git a/a.py b/a.py", "diff --git a/b.py b/b.py"
    )
    with pytest.raises(patches.PatchError, match="does not name the file"):
        patches.read(patch)


def test_a_file_can_not_be_made_and_deleted_at_once() -> None:
    with pytest.raises(patches.PatchError, match="without a change"):
        patches.read("diff --git a/a.py b/a.py\nnew file mode 100644\ndeleted file mode 100644\n")
    with pytest.raises(patches.PatchError, match="both made and deleted"):
        patches.read("diff --git a/a.py b/a.py\nnew file mode 100644\n--- a/a.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n")


def test_what_git_says_of_plain_files_is_no_offence() -> None:
    header = "diff --git a/a.py b/a.py\nindex 0123abc..4567def 100755\n"
    patch = header + "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x\n+y\n"
    assert patches.apply(patch, {"a.py": "x\n"}) == {"a.py": "y\n"}


@given(before=texts, after=texts)
def test_added_lines_have_their_numbers_in_the_changed_file(before: str, after: str) -> None:
    patch = patches.diff({"a.py": before}, {"a.py": after})
    lines = after.split("\n")
    for change in patches.read(patch) if patch else ():
        for number, line in change.added():
            assert lines[number - 1] == line.removesuffix("\n")
