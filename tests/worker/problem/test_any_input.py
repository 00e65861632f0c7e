"""Whatever is written, the answer is a problem or a ConfigError."""

import re
import tomllib

import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from core.errors import ConfigError
from core.problem import Problem
from tests.worker.problem.conftest import Read, Write
from worker.problem.configuration import problem_of
from worker.problem.settings import GUARDS, KEYS, Flags


def can_edit(problem: Problem, path: str) -> bool:
    return GitIgnoreSpec.from_lines(problem.editable).match_file(path)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**63), max_value=2**63 - 1)
    | st.floats()
    | st.text()
    | st.dates()
    | st.sampled_from(["python workload.py", "src/**/*.py", "wall", "exact", "asv:a.time_b", "callable:a:b", "!", "/"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.sampled_from(GUARDS), inner, max_size=3),
    max_leaves=6,
)
UNHURRIED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@UNHURRIED
@given(values=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4))
def test_any_flags_give_a_problem_or_a_config_error(read: Read, values: dict[str, object]) -> None:
    try:
        problem = read("", Flags(**values))  # type: ignore[arg-type]
    except ConfigError:
        return
    assert can_edit(problem, "src/counter/words.py") or "editable" in values


@UNHURRIED
@given(
    place=st.sampled_from(["perfsmith", "project", "tool", "dependency-groups", "build-system", "other"]),
    values=st.dictionaries(
        st.sampled_from([*KEYS, "name", "test", "dev", "setuptools", "poetry", "hatch"]), VALUES, max_size=4
    ),
)
def test_any_table_gives_a_problem_or_a_config_error(read: Read, place: str, values: dict[str, object]) -> None:
    try:
        text = tomlkit.dumps({place: values} if place != "perfsmith" else {"tool": {"perfsmith": values}})
        tomllib.loads(text)
    except ValueError:
        return
    refused = None
    try:
        read(files={"pyproject.toml": text})
    except ConfigError as error:
        refused = str(error)
    assert refused is None or re.search(r"\w", refused)


@UNHURRIED
@given(data=st.binary(max_size=200) | st.text(alphabet="=[]{}'\"\n#.,_ tesdr01", max_size=60).map(str.encode))
def test_any_bytes_give_a_problem_or_a_config_error(write: Write, data: bytes) -> None:
    tree = write({"counter.py": "", "tests/test_a.py": "", "workload.py": ""})
    for name in ("perfsmith.toml", "setup.cfg", "asv.conf.json", "tox.ini"):
        (tree / name).write_bytes(data)
    try:
        problem = problem_of(tree, repository="r", revision="v")
    except ConfigError:
        return
    assert problem.editable
