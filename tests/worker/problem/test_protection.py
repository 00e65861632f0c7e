"""What is protected, whatever its name."""

import shlex
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from core.problem import WorkloadSpec
from worker.problem.finders.names import is_about_tests
from worker.problem.protection import ALWAYS, protected
from worker.problem.source_tree import SourceTree

NAMES = st.text(alphabet="ab.*?[]!#\\- é'\"", min_size=1, max_size=8).filter(lambda name: name.strip("."))


@given(folder=NAMES, name=NAMES)
def test_a_file_that_the_workload_names_is_protected_and_no_other(folder: str, name: str) -> None:
    path, other = f"{folder}/{name}", f"{folder}x/{name}x"
    tree = SourceTree(root=Path("/nowhere"), files=(path, other))
    workload = WorkloadSpec.parse(f"python {shlex.quote(path)}")
    matcher = GitIgnoreSpec.from_lines(["*", *protected(tree, ["*"], "make check", [workload])])
    assert not matcher.match_file(path)
    assert matcher.match_file(other)


@given(parts=st.lists(st.sampled_from(["src", "tests", "test", "a"]), max_size=3), name=st.sampled_from([
    "test_a.py", "a_test.py", "conftest.py", "tests.py", "a.py", "test.py", "atest.py",
]))  # fmt: skip
def test_every_file_that_looks_like_a_test_is_protected(parts: list[str], name: str) -> None:
    path = "/".join([*parts, name])
    assert GitIgnoreSpec.from_lines(["*", *ALWAYS]).match_file(path) is not is_about_tests(path)


def test_a_line_that_no_shell_can_read_still_protects_what_it_names() -> None:
    tree = SourceTree(root=Path("/nowhere"), files=("bench.py", "code.py"))
    patterns = protected(tree, ["*"], "python bench.py 'open", [])
    assert patterns[0] == "!/bench.py"
