"""Which changes of files are let in at all, by their paths alone: asked before anything of a patch is run.

The editable globs say what may be changed. This says what no glob should have to: files that are obeyed by name wherever
they stand, new files that take the place of an import, and paths that a reader or another file system mistakes.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from core.lookalikes import fold, is_hidden, mixes_scripts
from core.patch import FileChange

_OBEYED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"(^|/)(?:{pattern})"), reason)
    for pattern, reason in (
        (r"\.git|git~\d", "git obeys files of this name"),
        (r"(conftest|sitecustomize|usercustomize)(\.[^/]*)?(/|$)", "Python or pytest runs files of this name unasked"),
        (r"(pyproject|pytest|\.pytest|perfsmith|coverage|tox|mypy)\.(toml|ini)$", "it configures tools"),
        (r"(setup\.cfg|\.coveragerc|asv\.conf\.json|pyvenv\.cfg)$", "it configures tools"),
        (r"[^/]*\.(pth|_pth|egg-link)$", "Python reads files of this kind when it starts"),
        (r"[^/]*\.(so(\.[^/]*)?|pyd|dll|dylib|pyc|pyo|zip|egg|whl)$", "it is no source text"),
        (r"__pycache__(/|$)", "it belongs to the interpreter"),
        (r"([^/]*\.(dist-info|egg-info)|site-packages)(/|$)", "it says what is installed"),
    )
)
"""Patterns of folded paths, and why nobody may change, make or delete what they match."""
_SOURCE = re.compile(r"\.py[iwx]?$")


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """What a patch is held against: the repository as it is, and the names that mean something already."""

    files: frozenset[str] = field(default_factory=frozenset)
    """The paths of everything in the repository."""
    taken: frozenset[str] = field(default_factory=frozenset)
    """Modules that can be imported without the repository: the standard library's and what is installed."""
    named: frozenset[str] = field(default_factory=frozenset)
    """Paths that stand in the lines of tests and workloads, whether something is there or not."""

    @cached_property
    def folders(self) -> frozenset[str]:
        """All that have something in them, the root (empty) among them."""
        return frozenset(place for path in self.files for place in _above(path)) | {""}

    @cached_property
    def spellings(self) -> dict[str, set[str]]:
        """Files and folders by their folded path."""
        found: dict[str, set[str]] = {}
        for place in self.files | self.folders:
            found.setdefault(fold(place), set()).add(place)
        return found

    @cached_property
    def modules(self) -> frozenset[str]:
        """Folded names that an import finds: those taken, and the repository's own that are in no package."""
        sources = [path for path in self.files if _SOURCE.search(path)]
        places = {place for path in sources for place in (*_above(path), path)} - {""}
        own = (place.rpartition("/") for place in places)
        return frozenset(fold(name) for name in self.taken) | frozenset(
            _module(name) for folder, _, name in own if self.is_root(folder)
        )

    @cached_property
    def _scripts(self) -> frozenset[str]:
        """Folders of what the lines start: Python looks for imports beside a script."""
        return frozenset(path.rpartition("/")[0] for path in self.named & self.files)

    def is_root(self, folder: str) -> bool:
        """Whether imports may be looked for in `folder`: it is no package, or a script is started in it."""
        return f"{folder}/__init__.py".lstrip("/") not in self.files or folder in self._scripts


def objections(changes: Sequence[FileChange], grounds: Grounds) -> Iterator[str]:
    """Why `changes` may not be made, each with its path; nothing when they may be."""
    created = Grounds(files=frozenset(change.path for change in changes if change.created))
    for change in changes:
        reasons = [_obeyed(change.path)]
        if change.created:
            reasons += [rule(change.path, grounds) for rule in _RULES]
            reasons += [rule(change.path, created) for rule in _RULES_AMONG]
        if change.deleted and change.path.rpartition("/")[2] == "__init__.py":
            reasons.append("without it the folder is another kind of package")
        yield from (f"{shown(change.path)} may not be touched: {reason}" for reason in reasons if reason)


def shown(path: str) -> str:
    """A path for a message: with nothing in it that acts or hides."""
    return path if path.isascii() and path.isprintable() else ascii(path)


def _obeyed(path: str) -> str:
    if path.startswith("/") or {"", ".", ".."} & set(path.split("/")):
        return "its path is no plain way down from the root of the repository"
    folded = fold(path)
    return next((reason for pattern, reason in _OBEYED if pattern.search(folded)), "")


def _odd_characters(path: str, _: Grounds) -> str:
    hidden = next((character for character in path if is_hidden(character)), "")
    if hidden:
        return f"its path has the character U+{ord(hidden):04X}, which can't be seen"
    if "\\" in path or any(part != part.strip().rstrip(".") for part in path.split("/")):
        return "its path has a backslash, or a part that begins or ends with a space or ends with a dot"
    if any(mixes_scripts(part) for part in path.split("/")):
        return "its path mixes letters of alphabets that look alike"
    return ""


def _hides(path: str, _: Grounds) -> str:
    return "a new file may not be hidden" if any(part.startswith(".") for part in path.split("/")) else ""


def _is_mistaken(path: str, grounds: Grounds) -> str:
    for place in (*_above(path), path):
        known = grounds.spellings.get(fold(place), set())
        others = known - {place}
        if others and (place == path or place not in known):
            return f"it is the same as {shown(min(others))} but for case, spelling or letters that look alike"
    return ""


def _is_named(path: str, grounds: Grounds) -> str:
    folded = {fold(name) for name in grounds.named}
    return "a line of the tests or of a workload names it" if fold(path) in folded else ""


def _shadows(path: str, grounds: Grounds) -> str:
    """A new module, or a new folder of modules, where imports look first."""
    for place in (*_above(path), path):
        folder, _, name = place.rpartition("/")
        if place in grounds.folders:
            continue
        if not _SOURCE.search(fold(path)) or not grounds.is_root(folder):
            return ""
        return f"it could be imported in place of {_module(name)}" if _module(name) in grounds.modules else ""
    return ""


def _is_beside(path: str, grounds: Grounds) -> str:
    """A module and a folder of one name: which of them is imported depends on more than their names."""
    folded = fold(path)
    twin = _SOURCE.sub("", folded)
    if twin != folded and twin in grounds.spellings:
        return "a folder of this name is there"
    new = (fold(place) for place in _above(path) if place not in grounds.folders)
    return "a module of its folder's name is there" if any(f"{place}.py" in grounds.spellings for place in new) else ""


def _changes_a_package(path: str, grounds: Grounds) -> str:
    folder, _, name = path.rpartition("/")
    if fold(name) == "__main__.py":
        return "it says what runs when a package is started"
    makes_one = fold(name) == "__init__.py" and folder in grounds.folders
    return "it would make a package of a folder that is none" if makes_one else ""


_RULES: tuple[Callable[[str, Grounds], str], ...] = (
    _odd_characters, _hides, _is_mistaken, _is_named, _shadows, _is_beside, _changes_a_package,
)  # fmt: skip
"""What a new file must not do."""
_RULES_AMONG: tuple[Callable[[str, Grounds], str], ...] = (_is_mistaken, _is_beside)
"""Those of them that hold among the new files of one patch, too."""


def _above(path: str) -> list[str]:
    """The folders that `path` is in, from the outermost on, without the root."""
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]


def _module(name: str) -> str:
    """The folded name under which a file or a folder is imported."""
    return fold(name).partition(".")[0]
