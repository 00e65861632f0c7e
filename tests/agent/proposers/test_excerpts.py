import ast
import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.proposers.excerpts import excerpts
from core.profile import Hotspot, LineCost
from tests.agent.proposers.words import PATH, PROFILE, a_brief

HEAD = '"""Tables of numbers."""\n\nimport sys\nfrom math import sqrt\n\n'
TABLE = """
class Table(dict):
    size = 3

    def __init__(self, rows):
        self.rows = rows

    def cold(self):
        return self.rows


    # A remark of three lines
    # that is not part
    # of any method

    @property
    def total(self):
        return sum(self.cell(row) for row in self.rows)

    def cell(self, row):
        return sqrt(row)

"""
FILLER = "".join(f"def filler_{n}(x):\n    y = x + {n}\n    return y\n\n\n" for n in range(60))
SOURCE = HEAD + TABLE + FILLER


def spot(
    function: str, own: float, *callers: str, line: int = 0, total: float | None = None, path: str = PATH
) -> Hotspot:
    name = function.rpartition(".")[2]
    at = line or SOURCE[: SOURCE.index(f"def {name}(")].count("\n") + 1
    return Hotspot(
        path=path, function=function, line=at, own_share=own, total_share=own if total is None else total, callers=callers
    )  # fmt: skip


def shown(
    *spots: Hotspot, sources: dict[str, str] | None = None, characters: int = 4_000, lines: tuple[LineCost, ...] = ()
) -> str:
    profile = replace(PROFILE, hotspots=spots, lines=lines)
    return excerpts(a_brief(sources=sources or {PATH: SOURCE}, profiles=(profile,)), characters=characters)


def test_a_file_is_shown_once_in_its_order_under_labels() -> None:
    text = shown(spot("filler_9", 0.5), spot("Table.total", 0.3), spot("filler_2", 0.2))
    labels = re.findall(r"^(?:===|---) .*$", text, re.MULTILINE)
    assert labels[0] == f"=== {PATH} (parts of its {SOURCE.count(chr(10))} lines)"
    assert [label.partition(": ")[2] for label in labels[1:]] == [
        "imports, class Table, Table.__init__",
        "Table.total",
        "filler_2",
        "filler_9",
    ]
    assert "import sys\nfrom math import sqrt\n" in text


def test_functions_that_follow_one_another_are_one_excerpt() -> None:
    text = shown(spot("filler_1", 0.5), spot("filler_2", 0.3))
    assert ": filler_1, filler_2\n" in text
    assert text.count("def filler_1(") == text.count("def filler_2(") == 1


def test_a_hot_generator_expression_shows_the_function_around_it_once() -> None:
    line = SOURCE[: SOURCE.index("return sum(")].count("\n") + 1
    text = shown(spot("Table.total", 0.2), spot("Table.total.<locals>.<genexpr>", 0.5, line=line))
    assert text.count("    @property\n    def total(self):\n") == 1


def test_a_small_file_is_shown_whole_when_something_in_it_is_hot() -> None:
    small = "import sys\n\n\ndef cell(x):\n    return x\n"
    sources = {PATH: SOURCE, "src/small.py": small}
    hot = spot("cell", 0.4, path="src/small.py", line=4)
    assert shown(spot("filler_1", 0.5), hot, sources=sources).endswith(f"=== src/small.py (the whole file)\n{small}\n")
    assert "src/small.py" not in shown(spot("filler_1", 0.5), sources=sources)


def test_cold_functions_are_left_out_but_for_callers_and_callees_of_hot_ones() -> None:
    text = shown(
        spot("filler_5", 0.6, f"{PATH}:filler_20"),
        spot("filler_30", 0.004, f"{PATH}:filler_5"),
        spot("filler_40", 0.004, f"{PATH}:filler_41"),
    )
    assert all(f"def filler_{n}(" in text for n in (5, 20, 30))
    assert not any(f"def filler_{n}(" in text for n in (40, 41))


def test_a_function_whose_time_goes_to_library_calls_counts_as_hot() -> None:
    text = shown(
        spot("filler_50", 0.1),
        spot("filler_5", 0.01, total=0.9),
        spot("max", 0.6, "/lib/heapq.py:nlargest", path="<built-in>", line=1),
        spot("nlargest", 0.2, f"{PATH}:filler_5", path="/lib/heapq.py", line=1),
        characters=170,
    )
    assert "def filler_5(" in text
    assert "def filler_50(" not in text


def test_a_file_that_only_imports_and_what_runs_at_import_are_left_out() -> None:
    importer = "<frozen importlib._bootstrap>:_call_with_frames_removed"
    text = shown(
        spot("filler_1", 0.5),
        spot("<module>", 0.0, importer, line=1, total=0.9, path="src/__init__.py"),
        spot("filler_7", 0.1, f"{PATH}:<module>"),
        spot("<module>", 0.0, importer, line=1, total=0.9),
        sources={PATH: SOURCE, "src/__init__.py": "from .words import Table\n\n__all__ = ['Table']\n"},
    )
    assert "__init__.py" not in text
    assert "def filler_7(" not in text


def test_without_a_profile_files_that_only_import_are_left_out_and_long_ones_are_shown_by_functions() -> None:
    sources = {PATH: SOURCE, "src/__init__.py": "from .words import Table\n"}
    text = excerpts(a_brief(sources=sources, profiles=()), characters=1_000)
    assert "__init__.py (" not in text
    assert "def total(self):" in text


def test_of_a_function_that_is_too_long_the_hottest_statement_is_shown_and_the_rest_counted() -> None:
    steps = "".join(f"    value_{n} = {n} * words\n" for n in range(500))
    long = f"def work(words):\n{steps}    for word in words:\n        print(word)\n    return words\n"
    text = shown(
        spot("work", 0.9, line=1),
        sources={PATH: long},
        lines=(LineCost(path=PATH, line=503, share=0.8, hits=9),),
    )
    name = "work (501 of its 504 lines are left out)"
    assert f"--- lines 1-1: {name}\ndef work(words):\n" in text
    assert f"--- lines 502-503: {name}\n    for word in words:\n        print(word)\n" in text


def test_a_short_function_that_does_not_fit_any_more_is_left_out_whole() -> None:
    line = SOURCE[: SOURCE.index("y = x + 9\n")].count("\n") + 1
    costs = (LineCost(path=PATH, line=line, share=0.5, hits=9),)
    assert "filler_9" not in shown(spot("filler_1", 0.5), spot("filler_9", 0.3), characters=170, lines=costs)


def test_hot_code_at_the_top_level_of_a_script_is_shown() -> None:
    script = HEAD + FILLER + "total = 0\nfor n in range(10**6):\n    total += n\n"
    text = shown(spot("<module>", 0.9, line=1), sources={PATH: script})
    assert ": module level\ntotal = 0\nfor n in range(10**6):\n    total += n\n" in text


NAMES = ["Table.total", "Table.cell", "Table.cold", *(f"filler_{n}" for n in range(60))]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=30, unique=True), st.integers(300, 5_000))
def test_excerpts_fit_and_hold_whole_definitions_of_the_file_only(names: list[str], characters: int) -> None:
    text = shown(*(spot(name, 1 / (2 + at)) for at, name in enumerate(names)), characters=characters)
    assert len(text) <= characters
    for first, last, body in re.findall(r"^--- lines (\d+)-(\d+): .*\n((?:(?!---|===).*\n)*)", text, re.MULTILINE):
        lines = SOURCE.split("\n")[int(first) - 1 : int(last)]
        assert body.rstrip() == "\n".join(lines).rstrip()
        start = next(line for line in lines if line.strip())
        ast.parse(f"if True:\n{body}" if start.startswith(" ") else body)
