"""What each mistake in a configuration is answered with."""

import pytest

from core.errors import ConfigError
from tests.worker.problem.conftest import Read, Write
from worker.problem.configuration import problem_of
from worker.problem.settings import Flags


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("test = 'x'", ["perfsmith.toml: unknown key 'test'", "did you mean tests?", "editable, tests, workload"]),
        ("tests = ''", ["perfsmith.toml: tests = ''", "must not be empty", "python -m pytest"]),
        ("tests = '  '", ["must not be empty"]),
        ("tests = 3", ["tests = 3", "must be a text"]),
        ("tests = ['a']", ["must be a text"]),
        ('tests = "a\\u0000b"', ["no command line can"]),
        (f"tests = '{'x' * 10_001}'", ["longer than 10000 characters"]),
        ("workload = []", ["names no workload"]),
        ("workload = ['python a.py', '']", ["workload[1] = ''", "must not be empty"]),
        ("workload = ['python a.py', 3]", ["workload[1] = 3"]),
        ("workload = ['a', ' a ']", ["the same workload twice"]),
        ("workload = {}", ["a text or a list of texts"]),
        ("workload = 'asv:'", ["no asv benchmark"]),
        ("workload = 'callable:counter'", ["module:function"]),
        ("workload = 'counter.words:count'", ["did you mean callable:counter.words:count?"]),
        ("workload = 'pytest-bench:a.py::b'", ["did you mean pytest-benchmark?", "kinds are command, callable"]),
        ("workload = 'pyperf:bench/missing.py'", ["there is no file 'bench/missing.py'"]),
        ("workload = 'pytest-benchmark:tests/missing.py::test_a'", ["there is no file 'tests/missing.py'"]),
        ("workload = 'pytest-benchmark:\"a'", ["No closing quotation"]),
        ("setup = ['']", ["setup[0] = ''"]),
        ("setup = false", ["a text or a list of texts"]),
        ("objective = 'walls'", ["objective = 'walls'", "wall, cpu, memory, instructions", "did you mean wall?"]),
        ("objective = []", ["use one of wall"]),
        ("output = true", ["use one of exact, json, lines, floats:1e-9, json:1e-9, ignore"]),
        ('output = "floats"', ["say how much floats may differ, e.g. floats:1e-9"]),
        ('output = "lines:1e-9"', ["lines takes no tolerance; only json and floats do"]),
        ('output = "json:much"', ["'much' is no tolerance"]),
        ("min_speedup = 0.9", ["min_speedup = 0.9", "from 1 to 1000"]),
        ("min_speedup = nan", ["from 1 to 1000"]),
        ("min_speedup = inf", ["from 1 to 1000"]),
        ("min_speedup = true", ["must be a number"]),
        ("min_speedup = '1.1'", ["must be a number"]),
        (f"min_speedup = 1{'0' * 400}", ["from 1 to 1000"]),
        (f"min_speedup = 0x{'f' * 5000}", ["<int>", "from 1 to 1000"]),
        ("timeout = 0", ["timeout = 0", "from 0.1 to"]),
        ("setup_timeout = -1", ["setup_timeout = -1"]),
        ("guards = 1.1", ["must be a table"]),
        ("guards = { ram = 2 }", ["unknown guard 'ram'", "wall, cpu, memory"]),
        ("guards = { wall = 0.5 }", ["guards.wall = 0.5", "from 1 to 1000"]),
        ("guards = { wall = true }", ["guards.wall = True"]),
        ("editable = []", ["names no file"]),
        ("editable = ['!a.py']", ["names no file"]),
        ("editable = 'lib/**/*.py'", ["'lib/**/*.py' matches no file", "src/counter/**/*.py"]),
        ("editable = ['src/', '/nowhere.py']", ["'/nowhere.py' matches no file"]),
        ("editable = '# a comment'", ["matches no file"]),
        ("editable = '../other/*.py'", ["matches no file"]),
        ("editable = ['a', '!']", ["no file"]),
        ("editable = ['src/', '!']", ["'!' is no glob as in .gitignore"]),
        (f"editable = '{'a' * 301}'", ["longer than 300"]),
        ("editable = 'tests/**'", ["matches only tests", "name exactly that file"]),
        ("tests = ", ["perfsmith.toml is no valid TOML", "at the end, line 1"]),
        ("\n\ntests = 'a'\ntests = 'b'", ["line 4"]),
        ("a = " + "[" * 5000, ["nested too deeply"]),
        (f"timeout = 1{'0' * 5000}", ["no valid TOML"]),
    ],
)
def test_a_mistake_is_named_with_what_would_be_right(read: Read, config: str, words: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        read(config)
    assert [word for word in words if word not in str(caught.value)] == []
    assert len(str(caught.value)) < 1000


def test_a_mistake_in_a_flag_is_named_by_the_flag(read: Read) -> None:
    with pytest.raises(ConfigError, match=r"^--min-speedup = 0\.5: must be from 1"):
        read("", Flags(min_speedup=0.5))
    with pytest.raises(ConfigError, match=r"^--guards\.cpu = 0: "):
        read("", Flags(guards={"cpu": 0}))


@pytest.mark.parametrize(("key", "missing"), [("tests", "tests/test_words.py"), ("workload", "workload.py")])
def test_without_tests_or_workload_the_message_says_what_to_write(write: Write, key: str, missing: str) -> None:
    files = {"counter.py": "", "tests/test_words.py": "", "workload.py": ""}
    del files[missing]
    with pytest.raises(ConfigError, match=rf'write {key} = "python .*" in perfsmith\.toml or give --{key}.*init'):
        problem_of(write(files), repository="r", revision="v")


def test_without_code_the_message_says_what_to_write(write: Write) -> None:
    tree = write({"tests/test_a.py": "", "workload.py": ""})
    with pytest.raises(ConfigError, match=r"no package and no module was found: write editable = "):
        problem_of(tree, repository="r", revision="v")
