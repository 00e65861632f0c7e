"""Which benchmarks are found."""

from tests.worker.problem.conftest import Look, texts


def test_pytest_benchmarks_are_found_by_their_fixture(look: Look) -> None:
    text = """
        def helper(benchmark): ...
        def test_plain(): ...
        def test_fast(benchmark): ...
        class TestAll:
            async def test_slow(self, x, *, benchmark): ...
    """
    assert texts(look({"tests/test_a.py": text}).workloads) == [
        "pytest-benchmark:tests/test_a.py::test_fast",
        "pytest-benchmark:tests/test_a.py::TestAll::test_slow",
    ]


def test_asv_benchmarks_are_named_from_their_folder(look: Look) -> None:
    files = {
        "asv.conf.json": '{\n  // "benchmark_dir": "old",\n  "benchmark_dir": "./perf/suite/",\n}',
        "perf/suite/__init__.py": "",
        "perf/suite/a/b.py": "def time_x(): ...\nclass Suite:\n    def time_y(self): ...\n    def setup(self): ...",
    }
    assert texts(look(files).workloads) == ["asv:a.b.time_x", "asv:a.b.Suite.time_y"]


def test_pyperf_scripts_are_found_by_their_runner(look: Look) -> None:
    files = {"perf/odd name.py": "import pyperf\nrunner = pyperf.Runner()", "perf/other.py": "import pyperf"}
    found = look(files)
    assert texts(found.workloads) == ["pyperf:'perf/odd name.py'"]
    assert texts(found.setup) == ["python -m pip install pyperf"]


def test_scripts_are_found_by_name_outside_packages(look: Look) -> None:
    files = dict.fromkeys(["bench_a.py", "scripts/benchmark.py", "a/__init__.py", "a/bench.py", "tests/bench.py"], "")
    assert texts(look(files).workloads) == ["python bench_a.py", "python scripts/benchmark.py"]


def test_a_script_called_workload_comes_first(look: Look) -> None:
    files = {"bench.py": "", "workload.py": "", "tests/test_a.py": "def test_a(benchmark): ..."}
    assert texts(look(files).workloads) == [
        "python workload.py",
        "pytest-benchmark:tests/test_a.py::test_a",
        "python bench.py",
    ]


def test_a_file_that_can_not_be_parsed_holds_no_benchmark(look: Look) -> None:
    files = {"tests/test_a.py": "def test_a(benchmark: ...", "tests/test_b.py": f"benchmark = {'(' * 9999}"}
    assert look(files).workloads == ()


def test_a_file_with_an_invalid_escape_is_read_without_a_warning(look: Look) -> None:
    files = {"tests/test_a.py": "X = '\\d'\ndef test_a(benchmark): ..."}
    assert len(look(files).workloads) == 1
