"""Which paths a patch may touch."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.admission import Grounds, objections
from core.lookalikes import fold
from core.patch import FileChange

FILES = frozenset({
    "pyproject.toml", "src/pkg/__init__.py", "src/pkg/core.py", "src/pkg/deep/__init__.py", "src/space/a.py",
    "tests/conftest.py", "tests/test_core.py", "bench/run.py", "docs/guide.md", "src/pkg/größe.py",
})  # fmt: skip
GROUNDS = Grounds(
    files=FILES,
    taken=frozenset({"json", "numpy"}),
    named=frozenset({"python", "bench/run.py", "data/more.json"}),
)


def change(path: str, *, created: bool = False, deleted: bool = False) -> FileChange:
    return FileChange(path=path, created=created, deleted=deleted, hunks=())


def why_not(*created: str, grounds: Grounds = GROUNDS) -> str:
    return "\n".join(objections([change(path, created=True) for path in created], grounds))


@pytest.mark.parametrize(
    "path", ["src/pkg/fast.py", "src/pkg/deep/json.py", "src/fresh/__init__.py", "src/new.py", "src/pkg/grün.py", "src/pkg/table.txt"]
)  # fmt: skip
def test_an_ordinary_new_file_is_let_in(path: str) -> None:
    assert why_not(path) == ""


def test_a_new_package_may_come_with_its_modules() -> None:
    assert why_not("src/fresh/__init__.py", "src/fresh/a.py", "src/fresh/b.py") == ""


@pytest.mark.parametrize("path", ["src/pkg/core.py", "src/pkg/größe.py", "docs/guide.md"])
def test_changing_what_is_there_is_no_matter_of_names(path: str) -> None:
    assert list(objections([change(path)], GROUNDS)) == []


@pytest.mark.parametrize(
    "path",
    [
        "src/pkg/conftest.py", "src/pkg/CONFTEST.py", "src/pkg/сonftest.py", "src/pkg/conftest.py.", "src/conftest/__init__.py",
        "sitecustomize.py", "src/SiteCustomize/__init__.py", "usercustomize.py", "src/pkg/pytest.ini", "src/PyTest.INI",
        "tox.ini", "src/pkg/setup.cfg", "src/pkg/pyproject.toml", "src/x.pth", "src/x.PTH", "src/x.egg-link", "python311._pth",
        ".gitattributes", "src/.gitmodules", "src/.GitIgnore", ".github/workflows/ci.yml", "src/.g\u200bit/config", "git~1/hooks/x",
        "src/pkg/core.so", "src/pkg/core.cpython-311-x86_64-linux-gnu.so", "src/pkg/core.pyd", "src/pkg/core.PYC", "src/lib.so.1",
        "src/pkg/__pycache__/core.py", "src/pkg.dist-info/entry_points.txt", "src/pkg.egg-info/PKG-INFO", "site-packages/a.py",
    ],
)  # fmt: skip
@pytest.mark.parametrize("how", ["created", "changed", "deleted"])
def test_files_that_are_obeyed_by_name_are_out_of_bounds_however_they_are_touched(path: str, how: str) -> None:
    touched = change(path, created=how == "created", deleted=how == "deleted")
    assert any("may not be touched" in reason for reason in objections([touched], GROUNDS))


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "../x.py", "src/../setup.py", "src//x.py", "./x.py", "src/x.py/.", "src/"]
)
def test_a_path_that_is_no_plain_way_down_is_refused(path: str) -> None:
    assert "plain way down" in "".join(objections([change(path)], GROUNDS))


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("src/pkg/Core.py", "but for case"),
        ("Src/pkg/fast.py", "but for case"),
        ("src/PKG/fast.py", "but for case"),
        ("src/pkg/cоre.py", "mixes letters"),
        ("src/pkg/ｃore.py", "but for case"),
        ("src/pkg/gro\u0308ße.py", "but for case"),
        ("src/pkg/grösse.py", "but for case"),
        ("src/pkg/co\u200bre.py", "U+200B"),
        ("src/pkg/core\u202eyp.txt", "U+202E"),
        ("src/pkg/a\0.py", "U+0000"),
        ("src/pkg/a\n.py", "U+000A"),
        ("src/pkg/\ud800.py", "U+D800"),
        ("src/pkg/a\u3164.py", "U+3164"),
        ("src/pkg/core.py ", "ends with a space"),
        ("src/pkg./fast.py", "ends with a dot"),
        ("src\\pkg\\fast.py", "backslash"),
        ("src/.hidden.py", "hidden"),
    ],
)  # fmt: skip
def test_a_path_that_is_mistaken_for_another_is_refused(path: str, why: str) -> None:
    assert why in why_not(path)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("json.py", "in place of json"),
        ("src/JSON.py", "in place of json"),
        ("src/numpy/__init__.py", "in place of numpy"),
        ("pkg.py", "in place of pkg"),
        ("pkg/__init__.py", "in place of pkg"),
        ("src/test_core.py", "in place of test_core"),
        ("bench/json.pyx", "in place of json"),
        ("src/pkg.py", "a folder of this name"),
        ("src/pkg/deep.py", "a folder of this name"),
        ("src/pkg/core/__init__.py", "a module of its folder's name"),
        ("src/pkg/Core/new.py", "a module of its folder's name"),
        ("src/space/__init__.py", "would make a package"),
        ("src/__init__.py", "would make a package"),
        ("__init__.py", "would make a package"),
        ("src/pkg/__main__.py", "when a package is started"),
        ("data/more.json", "names it"),
        ("Data/More.json", "names it"),
    ],
)  # fmt: skip
def test_a_file_that_changes_what_is_imported_or_run_is_refused(path: str, why: str) -> None:
    assert why in why_not(path)


def test_a_script_s_own_folder_is_where_its_imports_are_looked_for() -> None:
    started = Grounds(files=FILES, taken=GROUNDS.taken, named=frozenset({"src/pkg/core.py"}))
    assert "in place of json" in why_not("src/pkg/json.py", grounds=started)


def test_new_files_of_one_patch_are_held_against_each_other() -> None:
    assert "but for case" in why_not("src/pkg/fast.py", "src/pkg/FAST.py")
    assert "a folder of this name" in why_not("src/pkg/fast.py", "src/pkg/fast/__init__.py")


def test_a_package_stays_one() -> None:
    assert "another kind of package" in "".join(objections([change("src/pkg/__init__.py", deleted=True)], GROUNDS))


def test_a_message_shows_what_is_hidden() -> None:
    assert why_not("src/\u202e.py").isascii()


WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(ord("!"), ord("~") + 1) if chr(code) != "/"})
ALIKE = str.maketrans("aceopxyis", "асеорхуіѕ")
TWISTS = (
    str.upper, str.title, str.swapcase, lambda text: text.translate(WIDE), lambda text: text.translate(ALIKE),
    lambda text: text + ".", lambda text: text + " ", lambda text: text.replace(".", ".\u200b"),
    lambda text: "\u2060" + text, lambda text: unicodedata.normalize("NFD", text), lambda text: text.replace("s", "ſ"),
)  # fmt: skip


@given(path=st.sampled_from(sorted(FILES)), twists=st.lists(st.sampled_from(TWISTS), min_size=1, max_size=3))
def test_no_new_file_is_let_in_that_is_another_one_under_a_lenient_eye(path: str, twists: list[object]) -> None:
    twisted = path
    for twist in twists:
        twisted = twist(twisted)  # type: ignore[operator]  # each takes and gives a text
    if twisted != path:
        assert why_not(twisted)


@given(text=st.text(max_size=12), path=st.sampled_from(sorted(FILES)))
def test_whatever_is_equal_after_case_folding_and_normalisation_is_refused(text: str, path: str) -> None:
    def resolved(name: str) -> str:
        return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())

    for name in (text, path.upper(), path.replace("c", text)):
        if name not in FILES and resolved(name) in {resolved(known) for known in FILES}:
            assert why_not(name)
        assert resolved(name) != resolved(path) or fold(name) == fold(path)


@given(st.text(max_size=30))
def test_no_path_makes_the_rules_fail(path: str) -> None:
    assert isinstance(why_not(path), str)
