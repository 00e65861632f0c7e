"""What is found in repositories of all shapes."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.worker.problem.conftest import Look, Write, texts
from worker.problem.detection import Detected, detect
from worker.problem.source_tree import SourceTree


def test_nothing_is_found_in_an_empty_folder(look: Look) -> None:
    assert look({}) == Detected(tests=None, workloads=(), setup=(), editable=())


def test_what_is_found_comes_with_a_reason(look: Look) -> None:
    found = look({"a/__init__.py": "", "tests/test_a.py": "", "bench.py": "", "setup.py": ""})
    assert found.tests is not None
    whys = [each.why for each in (found.tests, *found.workloads, *found.setup, *found.editable)]
    assert whys == [
        "1 test file in tests",
        "bench.py is named like a benchmark",
        "setup.py makes it installable",
        "used, and no list of requirements names it",
        "a/__init__.py makes it a package",
    ]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(max_size=80),
    name=st.sampled_from(["tests/test_a.py", "setup.cfg", "asv.conf.json", "requirements.txt"]),
)
def test_any_text_in_any_file_is_looked_at_without_an_error(write: Write, text: str, name: str) -> None:
    tree = write({"benchmarks/a.py": "", "asv.conf.json": "", "a.py": ""})
    (tree / "tests").mkdir(exist_ok=True)
    (tree / name).write_bytes(f"benchmark time_ {text}".encode(errors="replace"))
    assert texts(detect(SourceTree.of(tree)).editable) == ["/a.py"]
