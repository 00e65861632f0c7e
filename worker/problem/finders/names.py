"""What the names of files say by convention: which are tests, which are benchmarks."""

import re
from pathlib import PurePosixPath

TEST_FOLDERS = ("tests", "test")
BENCHMARK_FOLDERS = ("benchmarks", "benchmark", "bench", "asv_bench", "perf")
NOT_PACKAGES = frozenset({
    *TEST_FOLDERS, *BENCHMARK_FOLDERS, "doc", "docs", "example", "examples", "script", "scripts", "tool", "tools",
    "ci", "tasks", "requirements", "licenses", "data",
})  # fmt: skip
NOT_MODULES = frozenset({"setup", "conftest", "noxfile", "tasks", "fabfile", "conf", "versioneer", "manage"})

_TEST_FILE = re.compile(r"test_.*\.py|.*_test\.py")
_BENCHMARK_SCRIPT = re.compile(r"workload.*\.py|bench.*\.py|.*_bench(mark)?s?\.py")


def is_test_file(path: str) -> bool:
    """Whether pytest would collect it by its name, outside the folders of benchmarks."""
    parts = PurePosixPath(path)
    return _TEST_FILE.fullmatch(parts.name) is not None and not set(parts.parts[:1]) & set(BENCHMARK_FOLDERS)


def is_benchmark_script(path: str) -> bool:
    """Whether its name says that running it is a benchmark."""
    return _BENCHMARK_SCRIPT.fullmatch(PurePosixPath(path).name) is not None


def is_about_tests(path: str) -> bool:
    """Whether it is a test, or stands in a folder of tests."""
    parts = PurePosixPath(path)
    return (
        _TEST_FILE.fullmatch(parts.name) is not None
        or parts.name in {"conftest.py", "tests.py"}
        or bool(set(parts.parts[:-1]) & set(TEST_FOLDERS))
    )
