"""Finds where a repository lists what its tests need: extras, groups of several tools, requirements files."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from worker.problem.metadata import Metadata
from worker.problem.source_tree import SourceTree

TEST_NAMES = ("test", "tests", "testing")
DEV_NAMES = ("dev", "develop", "development")

_TEST_FILES = (
    "requirements-test.txt", "requirements-tests.txt", "requirements_test.txt", "test-requirements.txt",
    "test_requirements.txt", "requirements/test.txt", "requirements/tests.txt", "tests/requirements.txt",
)  # fmt: skip
_DEV_FILES = (
    "requirements-dev.txt", "requirements_dev.txt", "dev-requirements.txt", "dev_requirements.txt",
    "requirements/dev.txt",
)  # fmt: skip
_FALLBACK_FILES = ("requirements.txt", "requirements/base.txt")
_OWN_EXTRA = re.compile(r"([\w.-]+)\s*\[([^\]]*)\]")
_NAME = re.compile(r"^[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True, kw_only=True)
class Extra:
    """An extra of the package itself."""

    name: str
    names: frozenset[str]
    """What it brings, by normalised name."""
    why: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """Requirements that are listed beside the package."""

    requirements: tuple[str, ...]
    names: frozenset[str]
    why: str


@dataclass(frozen=True, kw_only=True)
class RequirementsFile:
    """A file that pip reads."""

    path: str
    names: frozenset[str]
    why: str


Source = Extra | Group | RequirementsFile


def find_requirements(tree: SourceTree, metadata: Metadata) -> Source | None:
    """The best place that lists what the tests need: one made for tests, then one for developers, then any."""
    for names, files in ((_test_names(metadata), _TEST_FILES), (DEV_NAMES, _DEV_FILES), ((), _FALLBACK_FILES)):
        sources: tuple[Source, ...] = (*_extras(metadata, names), *_groups(metadata, names), *_files(tree, files))
        if sources:
            return sources[0]
    return None


def _test_names(metadata: Metadata) -> tuple[str, ...]:
    """The usual names, then all others that begin with test."""
    own = (*metadata.table("project", "optional-dependencies"), *metadata.table("dependency-groups"))
    return tuple(dict.fromkeys((*TEST_NAMES, *sorted(name for name in own if name.lower().startswith("test")))))


def names_of(requirements: Sequence[str]) -> frozenset[str]:
    """The normalised names of the distributions that are required."""
    found = (_NAME.match(requirement.strip()) for requirement in requirements)
    return frozenset(_normalised(match[0]) for match in found if match)


def _extras(metadata: Metadata, names: Sequence[str]) -> Iterator[Extra]:
    for name in names if metadata.installable else ():
        for requirements, where in (
            (tuple(_extra(metadata, name)), "pyproject.toml"),
            (metadata.setup_lines("options.extras_require", name), "setup.cfg"),
        ):
            if requirements:
                yield Extra(name=name, names=names_of(requirements), why=f"the extra {name} of {where}")


def _extra(metadata: Metadata, name: str) -> Iterator[str]:
    """The requirements of an extra and of the package's own extras that it names."""
    own = _normalised(next(iter(metadata.texts("project", "name")), ""))
    waiting, seen = [name], set[str]()
    while waiting:
        current = waiting.pop(0)
        for requirement in metadata.texts("project", "optional-dependencies", current) if current not in seen else ():
            yield requirement
            named = _OWN_EXTRA.match(requirement)
            if named and _normalised(named[1]) == own:
                waiting += [extra.strip() for extra in named[2].split(",")]
        seen.add(current)


def _groups(metadata: Metadata, names: Sequence[str]) -> Iterator[Group]:
    for name in names:
        for requirements, why in (
            (tuple(_dependency_group(metadata, name)), f"the dependency group {name}"),
            (tuple(metadata.table("tool", "poetry", "group", name, "dependencies")), f"Poetry's group {name}"),
            (metadata.texts("tool", "pdm", "dev-dependencies", name), f"PDM's group {name}"),
            (metadata.texts("tool", "hatch", "envs", name, "dependencies"), f"Hatch's environment {name}"),
        ):
            usable = tuple(text for text in requirements if _NAME.match(text) and text != "python")
            if usable:
                yield Group(requirements=usable, names=names_of(usable), why=why)


def _dependency_group(metadata: Metadata, name: str) -> Iterator[str]:
    """The requirements of a group and of those it includes; every group counts once, so that circles end."""
    tables = metadata.table("dependency-groups")
    groups = {_normalised(key): items for key, items in tables.items() if isinstance(items, list)}
    waiting, seen = [_normalised(name)], set()
    while waiting:
        current = waiting.pop(0)
        if current in seen:
            continue
        seen.add(current)
        for item in groups.get(current, []):
            if isinstance(item, str):
                yield item
            elif isinstance(item, dict) and isinstance(item.get("include-group"), str):
                waiting.append(_normalised(item["include-group"]))


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _files(tree: SourceTree, paths: Sequence[str]) -> Iterator[RequirementsFile]:
    for path in paths:
        if path in tree.files:
            names = names_of(tree.text(path).splitlines())
            yield RequirementsFile(path=path, names=names, why=f"{path} exists")
