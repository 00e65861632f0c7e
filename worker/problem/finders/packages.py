"""Finds the packages and modules of a repository: what it says itself, else what the layout shows."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from worker.problem.finders.found import Found
from worker.problem.finders.names import NOT_MODULES, NOT_PACKAGES, is_about_tests, is_benchmark_script
from worker.problem.metadata import Metadata
from worker.problem.source_tree import SourceTree

_PLAIN = re.compile(r"[\w.-]+(/[\w.-]+)*")


def find_packages(tree: SourceTree, metadata: Metadata) -> tuple[Found, ...]:
    """Globs of the code that may be edited; empty when no package and no module is found."""
    return (
        tuple(_stated(tree, metadata))
        or tuple(_src_layout(tree))
        or tuple(_flat_layout(tree))
        or tuple(_root_modules(tree))
    )


def _stated(tree: SourceTree, metadata: Metadata) -> Iterator[Found]:
    seen = set()
    for path, why in (*_of_setuptools(metadata), *_of_setup_cfg(metadata), *_of_others(metadata)):
        clean = re.sub(r"(/\*\*)?(/\*(\.py)?)?/*$", "", path.removeprefix("./"))
        glob = _glob_of(tree, clean)
        if glob and glob not in seen:
            seen.add(glob)
            yield Found(text=glob, why=why)


def _glob_of(tree: SourceTree, path: str) -> str:
    """The glob of a package's folder or of a module, without its ending or with it; empty for what does not exist."""
    if not _PLAIN.fullmatch(path):
        return ""
    if any(file.endswith(".py") for file in tree.below(path)):
        return f"{path}/**/*.py"
    module = f"{path.removesuffix('.py')}.py"
    return f"/{module}" if module in tree.files else ""


def _of_setuptools(metadata: Metadata) -> Iterator[tuple[str, str]]:
    why = "[tool.setuptools] of pyproject.toml"
    tools = ("tool", "setuptools")
    folder = next(iter(metadata.texts(*tools, "package-dir", "")), "")
    for name in (*metadata.texts(*tools, "packages"), *metadata.texts(*tools, "py-modules")):
        yield _joined(folder, name), why


def _of_setup_cfg(metadata: Metadata) -> Iterator[tuple[str, str]]:
    why = "[options] of setup.cfg"
    folders = (line.partition("=") for line in metadata.setup_lines("options", "package_dir"))
    folder = next((path.strip() for name, _, path in folders if not name.strip()), "")
    for key in ("packages", "py_modules"):
        for line in metadata.setup_lines("options", key):
            yield from ((_joined(folder, name), why) for name in re.split(r"[,\s]+", line))


def _joined(folder: str, name: str) -> str:
    """The path of a dotted package: that of its top, which holds the others."""
    top = name.partition(".")[0]
    return f"{folder.strip('/')}/{top}" if folder.strip("./") else top


def _of_others(metadata: Metadata) -> Iterator[tuple[str, str]]:
    for key in ("packages", "only-include"):
        for path in metadata.texts("tool", "hatch", "build", "targets", "wheel", key):
            yield path, "[tool.hatch] of pyproject.toml"
    for name in metadata.texts("tool", "flit", "module", "name"):
        yield name, "[tool.flit] of pyproject.toml"
        yield f"src/{name}", "[tool.flit] of pyproject.toml"
    packages = metadata.table("tool", "poetry").get("packages")
    for package in packages if isinstance(packages, list) else []:
        if isinstance(package, dict) and isinstance(package.get("include"), str):
            folder = package.get("from")
            include = package["include"]
            yield (f"{folder}/{include}" if isinstance(folder, str) else include), "[tool.poetry] of pyproject.toml"


def _src_layout(tree: SourceTree) -> Iterator[Found]:
    sources = [path for path in tree.below("src") if path.endswith(".py") and not is_about_tests(path)]
    for name in dict.fromkeys(PurePosixPath(path).parts[1] for path in sources):
        glob = f"src/{name}" if name.endswith(".py") else f"src/{name}/**/*.py"
        if _PLAIN.fullmatch(name):
            yield Found(text=glob, why="the src folder")


def _flat_layout(tree: SourceTree) -> Iterator[Found]:
    for path in tree.python_files:
        folder, slash, name = path.partition("/")
        if slash and name == "__init__.py" and folder not in NOT_PACKAGES and _PLAIN.fullmatch(folder):
            yield Found(text=f"{folder}/**/*.py", why=f"{path} makes it a package")


def _root_modules(tree: SourceTree) -> Iterator[Found]:
    for path in tree.python_files:
        named = "/" not in path and _PLAIN.fullmatch(path) and path.removesuffix(".py") not in NOT_MODULES
        if named and not is_about_tests(path) and not is_benchmark_script(path):
            yield Found(text=f"/{path}", why="a module at the root")
