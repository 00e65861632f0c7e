"""What a reader is told to look at. A construct that is found proves nothing; one that is missed is a gap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import patch as patches
from core.suspicions import MOST, suspicions

BEFORE = "def f(x):\n    return sum(x)\n"


def found(added: str, *, before: str = BEFORE) -> list[str]:
    return [each.construct for each in suspicions(patches.diff({"a.py": before}, {"a.py": before + added}))]


@pytest.mark.parametrize(
    ("line", "construct"),
    [
        ("t = time.perf_counter()", "clock"),
        ("threading.Timer(5, work).start()", "timer"),
        ("os._exit(0)", "early end"),
        ("raise SystemExit", "early end"),
        ("signal.signal(2, f)", "early end"),
        ("atexit.register(work)", "exit hook"),
        ("def __del__(self):", "exit hook"),
        ("import subprocess", "other process or thread"),
        ("os.fork()", "other process or thread"),
        ("if 'pytest' in sys.modules:", "looking around"),
        ("sys._getframe(1)", "looking around"),
        ("os.environ.get('X')", "looking around"),
        ("open('/proc/self/status')", "looking around"),
        ("if name == 'benchmark':", "test or benchmark by name"),
        ("ctypes.pythonapi", "machine level"),
        ("eval('1')", "code from text"),
        ("ｅval('1')", "code from text"),
        ("__import__('os')", "code from text"),
        ("json.loads = fast", "patching from outside"),
        ("setattr(json, 'loads', f)", "patching from outside"),
        ("builtins.len = f", "patching from outside"),
        ("@functools.cache", "cache without bound"),
        ("@lru_cache(maxsize=None)", "cache without bound"),
        ("_seen = {}", "state in the module"),
        ("_seen: dict[str, int] = dict()", "state in the module"),
        ("def g(x, _seen={}):", "state in the module"),
        ("    global total", "state in the module"),
        ("open('x', 'wb')", "file or network"),
        ("path.write_text('x')", "file or network"),
        ("@njit(cache=True)", "file or network"),
        ("def __eq__(self, other):", "equality or hash redefined"),
        ("gc.disable()", "interpreter setting"),
        ("sys.setrecursionlimit(10**6)", "interpreter setting"),
        ("except Exception: pass", "swallowed error"),
        ("x = 1;" + " " * 80 + "y = 2", "far to the right"),
        ("ANSWERS = [" + "1, " * 80 + "]", "many literals"),
    ],
)
def test_each_construct_is_found_in_a_new_line(line: str, construct: str) -> None:
    assert construct in found(line + "\n")


@pytest.mark.parametrize(
    "line",
    [
        "result = [value * 2 for value in values]", "wanted = frozenset(wanted)", "self.total = 1", "return cached[key]",
        "def evaluate(x):", "pattern = re.compile(text)", "model.eval()", "@lru_cache(maxsize=128)", "# os._exit(0)",
        "timeout = 3", "if x == y.z:", "exits = 1", "for time in times:", "table = {1: 2, 3: 4}", "parts.append(x)",
    ],
)  # fmt: skip
def test_ordinary_lines_are_let_be(line: str) -> None:
    assert found(f"    {line}\n") == []


def test_a_finding_says_where_it_is_and_why_to_look() -> None:
    patch = patches.diff({"a.py": BEFORE}, {"a.py": "import os\n" + BEFORE + "os.abort()\n"})
    (seen,) = suspicions(patch)
    assert str(seen) == "a.py:4 early end: the process may end before its work is done"


def test_a_line_that_was_only_moved_is_no_news() -> None:
    before = "import time\nx = time.time()\ny = 1\n"
    assert suspicions(patches.diff({"a.py": before}, {"a.py": "import time\ny = 1\nx = time.time()\n"})) == ()


def test_answers_over_many_lines_are_found_where_they_begin() -> None:
    rows = "".join(f"    {n}: 'answer {n}',\n" for n in range(100))
    patch = patches.diff({"a.py": BEFORE}, {"a.py": BEFORE + "TABLE = {\n" + rows + "}\n"})
    assert [(each.line, each.construct) for each in suspicions(patch)] == [(3, "many literals")]


def test_there_are_never_more_than_a_reader_looks_at() -> None:
    assert len(found("os.abort()\n" * 1000)) == MOST


@given(st.text(max_size=200))
def test_no_text_makes_it_fail(text: str) -> None:
    suspicions(text)
    suspicions(patches.diff({"a.py": ""}, {"a.py": text}))
