"""Which code is found."""

from tests.worker.problem.conftest import Look, texts


def test_every_package_and_module_under_src_counts(look: Look) -> None:
    files = dict.fromkeys(["src/a/b.py", "src/c.py", "src/tests/d.py", "src/e/f.txt", "other/__init__.py"], "")
    assert texts(look(files).editable) == ["src/a/**/*.py", "src/c.py"]


def test_flat_packages_count_but_not_tests_docs_or_benchmarks(look: Look) -> None:
    files = {f"{name}/__init__.py": "" for name in ("a", "b", "tests", "docs", "benchmarks", "examples")}
    assert texts(look({**files, "c.py": ""}).editable) == ["a/**/*.py", "b/**/*.py"]


def test_modules_at_the_root_count_where_there_is_no_package(look: Look) -> None:
    files = dict.fromkeys(["a.py", "b.py", "setup.py", "noxfile.py", "test_a.py", "workload.py", "c/d.py"], "")
    assert texts(look(files).editable) == ["/a.py", "/b.py"]


def test_what_the_repository_states_comes_first(look: Look) -> None:
    files = {"lib/a/__init__.py": "", "b.py": "", "c/__init__.py": ""}
    stated = {
        "[tool.setuptools]\npackages = ['a', 'a.sub', 'gone']\npackage-dir = {'' = 'lib'}": ["lib/a/**/*.py"],
        "[tool.setuptools]\npy-modules = ['b']": ["/b.py"],
        "[tool.hatch.build.targets.wheel]\npackages = ['lib/a']": ["lib/a/**/*.py"],
        "[[tool.poetry.packages]]\ninclude = 'a/**/*.py'\nfrom = 'lib'": ["lib/a/**/*.py"],
        "[tool.flit.module]\nname = 'b'": ["/b.py"],
    }
    for text, globs in stated.items():
        assert texts(look({**files, "pyproject.toml": text}).editable) == globs


def test_setup_cfg_states_packages_too(look: Look) -> None:
    files = {
        "lib/a/__init__.py": "",
        "b/__init__.py": "",
        "setup.cfg": "[options]\npackage_dir =\n  = lib\npackages = a, a.b",
    }
    assert texts(look(files).editable) == ["lib/a/**/*.py"]


def test_a_stated_path_that_leads_elsewhere_is_ignored(look: Look) -> None:
    text = "[tool.hatch.build.targets.wheel]\npackages = ['../other', '/etc', '*', '!a', '']"
    assert texts(look({"a/__init__.py": "", "pyproject.toml": text}).editable) == ["a/**/*.py"]
