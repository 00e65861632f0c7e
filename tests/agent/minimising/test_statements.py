from hypothesis import given
from hypothesis import strategies as st

from agent.minimising.parts import parts_of, patch_of
from agent.minimising.statements import atoms, cut
from core import patch as patches
from tests.agent.minimising.test_programs import ask

STATEMENTS = [
    "a = 1\n",
    "b = a + 1\n",
    "# why\n",
    "\n",
    "if a:\n    c = 2\n    d = 3\n",
    "for i in [1]:\n    raise ValueError\n",
    "print(a,\n      2)\n",
]


def pieces(before: str, after: str) -> list[list[str]]:
    """The lines of every part after one cut."""
    sources = {"code.py": before}
    old, new = ask(before, after)
    found, shift = [], 0
    for part in parts_of(patches.diff(sources, {"code.py": after}), sources):
        found += cut(part, before=old, after=new, shift=shift)
        shift += sum(len(hunk.after) - len(hunk.before) for hunk in part.hunks)
    return [[line.strip("\n") for line in part.hunks[0].lines] for part in found]


def test_added_statements_are_parts_of_their_own() -> None:
    assert pieces("x = 1\n", "x = 1\na = 2\nb = 3\n") == [["+a = 2"], ["+b = 3"]]


def test_an_edited_statement_is_one_part_beside_an_added_one() -> None:
    before, after = "total = total + row.value\n", "spare = 1\ntotal += row.value\n"
    assert pieces(before, after) == [["+spare = 1"], ["-total = total + row.value", "+total += row.value"]]


def test_a_replacement_by_something_else_is_one_part() -> None:
    before = "r = 0\nfor n in range(9):\n    r += n\n"
    assert pieces(before, "formula(9)\n") == [["-r = 0", "-for n in range(9):", "-    r += n", "+formula(9)"]]


def test_a_statement_that_is_a_whole_part_is_cut_into_its_head_and_its_body() -> None:
    added = "for i in a:\n    x = 1\n    y = 2\n"
    assert pieces("a = []\n", "a = []\n" + added) == [["+for i in a:"], ["+    x = 1"], ["+    y = 2"]]


def test_comments_go_with_the_statement_below_them() -> None:
    assert pieces("x = 1\n", "x = 1\n# a\n\n# b\ny = 1\nz = 2\n") == [["+# a", "+", "+# b", "+y = 1"], ["+z = 2"]]


def test_an_added_refusal_stays_with_the_statement_after_it() -> None:
    after = "x = 1\ny = 2\nassert x > 0\nz = 3\n"
    assert pieces("x = 1\n", after) == [["+y = 2"], ["+assert x > 0", "+z = 3"]]
    assert pieces("x = 1\n", "x = 1\ny = 2\nassert x > 0\n") == [["+y = 2", "+assert x > 0"]]


def test_created_files_are_not_cut() -> None:
    (part,) = parts_of(patches.diff({}, {"new.py": "a = 1\nb = 2\n"}), {})
    (program,) = ask("a = 1\nb = 2\n")
    assert cut(part, before=program, after=program, shift=0) == [part]


programs_of_many = st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=12).map("".join)


@given(programs_of_many, programs_of_many)
def test_all_pieces_together_make_the_same_change(before: str, after: str) -> None:
    sources = {"code.py": before}
    old, new = ask(before, after)
    parts = parts_of(patches.diff(sources, {"code.py": after}), sources) if before != after else []
    shift, found = 0, []
    for part in parts:
        found += cut(part, before=old, after=new, shift=shift)
        shift += sum(len(hunk.after) - len(hunk.before) for hunk in part.hunks)
    if parts:
        assert patches.apply(patch_of(found, sources), sources) == {"code.py": after}


@given(
    st.lists(st.text(max_size=3).map(lambda line: line.replace("\n", "") + "\n"), max_size=8),
    st.lists(st.tuples(st.integers(-2, 12), st.integers(-2, 12))),
)
def test_whatever_the_sandbox_says_about_statements_no_line_is_lost(
    lines: list[str], spans: list[tuple[int, int]]
) -> None:
    assert [line for atom in atoms(lines, 3, spans) for line in atom] == lines
