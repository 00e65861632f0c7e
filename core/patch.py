"""Patches as text: making one from two sets of files, reading one, applying one. No file is touched.

Only what git writes for plain text files is understood; modes, links, renames, binary files and submodules are refused,
because a candidate has no business with them.
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_HUNK = re.compile(r"@@ -([0-9]{1,9})(?:,([0-9]{1,9}))? \+([0-9]{1,9})(?:,([0-9]{1,9}))? @@")
_GIT_HEADER = re.compile(r"diff --git a/(?P<old>.+) b/(?P<new>.+)")
_REFUSED = ("old mode", "new ", "deleted ", "rename ", "copy ", "GIT binary", "Binary files", "index ")
"""How a header line begins that is about more than text, unless it is one of the next."""
_PLAIN = re.compile(
    r"new file mode 100644|deleted file mode 100(644|755)|index [0-9a-f]+\.\.[0-9a-f]+( 100(644|755))?"
    r"|(dis)?similarity index \d+%"
)
_NO_NEWLINE = "\\ No newline at end of file"


class PatchError(ValueError):
    """A patch that can't be read or does not apply; the message says where."""


@dataclass(frozen=True, kw_only=True)
class Hunk:
    """Consecutive lines: kept (" "), removed ("-") and added ("+"), each with its line end."""

    start: int
    """First line of the original that the hunk covers, from 1; 0 for a new file."""
    lines: tuple[str, ...]

    @property
    def before(self) -> list[str]:
        """The original's lines."""
        return [line[1:] for line in self.lines if line[0] in " -"]

    @property
    def after(self) -> list[str]:
        """The candidate's lines."""
        return [line[1:] for line in self.lines if line[0] in " +"]

    @property
    def growth(self) -> int:
        """How many lines more the candidate has."""
        return len(self.after) - len(self.before)


@dataclass(frozen=True, kw_only=True)
class FileChange:
    """What a patch does to one file."""

    path: str
    created: bool
    deleted: bool
    hunks: tuple[Hunk, ...]

    def added(self) -> Iterator[tuple[int, str]]:
        """The new lines, each with its number in the changed file."""
        growth = 0
        for hunk in self.hunks:
            number = hunk.start + growth + (0 if hunk.before else 1)
            for line in hunk.lines:
                if line[0] == "+":
                    yield number, line[1:]
                number += line[0] != "-"
            growth += hunk.growth

    def removed(self) -> list[str]:
        """The lines that go."""
        return [line[1:] for hunk in self.hunks for line in hunk.lines if line[0] == "-"]


def diff(before: Mapping[str, str], after: Mapping[str, str | None], *, context: int = 3) -> str:
    """The patch that turns `before` into `before` with `after` on top; None deletes, unchanged files are left out."""
    return "".join(_diff_of(path, before.get(path), after[path], context) for path in sorted(after))


def _diff_of(path: str, old: str | None, new: str | None, context: int) -> str:
    if old == new:
        return ""
    header = f"diff --git a/{path} b/{path}\n"
    if old is None:
        header += "new file mode 100644\n"
    if new is None:
        header += "deleted file mode 100644\n"
    source, target = ("/dev/null" if old is None else f"a/{path}"), ("/dev/null" if new is None else f"b/{path}")
    body = difflib.unified_diff(_lines(old or ""), _lines(new or ""), source, target, n=context)
    return header + "".join(_with_end(line) for line in body)


def _lines(text: str) -> list[str]:
    """Split at line feeds only: every other line end is part of the line, as git sees it."""
    return [line for line in re.split(r"(?<=\n)", text) if line]


def _with_end(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}\n"


def read(patch: str) -> tuple[FileChange, ...]:
    """The changes in `patch`, in its order. PatchError when it is empty, malformed or does more than change text."""
    reader = _Reader(patch)
    changes = tuple(reader.changes())
    if not changes:
        message = "this is no unified diff: it changes no file"
        raise PatchError(message)
    twice = sorted(path for path, times in Counter(change.path for change in changes).items() if times > 1)
    if twice:
        message = f"the patch changes {', '.join(twice)} more than once"
        raise PatchError(message)
    return changes


def apply(patch: str, texts: Mapping[str, str]) -> dict[str, str | None]:
    """The new text of each file that `patch` changes; None for a deleted one. Lines must match exactly, at their place.

    PatchError names the first place that does not fit.
    """
    return apply_changes(read(patch), texts)


def apply_changes(changes: Iterable[FileChange], texts: Mapping[str, str]) -> dict[str, str | None]:
    """As `apply`, for changes that were read already; at most one for a file."""
    changed: dict[str, str | None] = {}
    for change in changes:
        if change.created is (change.path in texts):
            message = f"{change.path} {'exists already' if change.created else 'does not exist'}"
            raise PatchError(message)
        text = _apply_hunks(change, texts.get(change.path, ""))
        if change.deleted and text:
            message = f"the patch deletes {change.path} but leaves {len(_lines(text))} of its lines"
            raise PatchError(message)
        changed[change.path] = None if change.deleted else text
    return changed


def _apply_hunks(change: FileChange, text: str) -> str:
    old = _lines(text)
    new: list[str] = []
    at = 0
    for hunk in change.hunks:
        before = hunk.before
        start = hunk.start - 1 if before else hunk.start
        if start < at or old[start : start + len(before)] != before:
            message = f"the hunk at line {hunk.start} of {change.path} does not match the file"
            raise PatchError(message)
        new += old[at:start] + hunk.after
        at = start + len(before)
    return "".join(new + old[at:])


class _Reader:
    """Walks over the lines of a patch; counts lines for its messages."""

    def __init__(self, patch: str) -> None:
        self.lines = patch.split("\n")
        if self.lines[-1] == "":
            self.lines.pop()
        self.at = 0
        self.in_body = False
        """Whether a hunk was read: what comes before the first one is a commit message."""

    def peek(self) -> str:
        return self.lines[self.at] if self.at < len(self.lines) else ""

    def changes(self) -> Iterator[FileChange]:
        """One change for each file section; text before the first is a commit message and skipped."""
        while self.at < len(self.lines):
            if self.peek().startswith("diff --git "):
                yield self.git_section()
            elif self._at_file_header():
                yield self.file(created=False, deleted=False)
            else:
                self._pass_over()

    def _pass_over(self) -> None:
        """Skip a line between files; what looks like the rest of a hunk there is refused, not left out in silence."""
        line = self.peek()
        if self.in_body and line.startswith(("+", "-", " ", "@", "\\")) and not line.startswith("-- ") and line != "--":
            raise self.error(f"{line[:80]!r} belongs to no hunk")
        self.at += 1

    def git_section(self) -> FileChange:
        header = self.peek().rstrip("\r")
        named = _GIT_HEADER.fullmatch(header)
        created = deleted = False
        self.at += 1
        while self.at < len(self.lines) and not self._at_file_header() and not self.peek().startswith("diff --git "):
            line = self.peek()
            if line.startswith(_REFUSED) and not _PLAIN.fullmatch(line.rstrip("\r")):
                raise self.error(f"a patch may only change the text of plain files, but this one says {line!r}")
            created = created or line == "new file mode 100644"
            deleted = deleted or line.startswith("deleted file mode 100")
            self.at += 1
        if self._at_file_header():
            change = self.file(created=created, deleted=deleted)
            if named and header != f"diff --git a/{change.path} b/{change.path}":
                raise self.error(f"{header[:200]!r} does not name the file that is changed")
            return change
        if named is None or named["old"] != named["new"] or created is deleted:
            raise self.error("a file section without a change")
        return FileChange(path=named["new"], created=created, deleted=deleted, hunks=())

    def _at_file_header(self) -> bool:
        following = self.lines[self.at + 1] if self.at + 1 < len(self.lines) else ""
        return self.peek().startswith("--- ") and following.startswith("+++ ")

    def file(self, *, created: bool, deleted: bool) -> FileChange:
        old, new = _name(self.peek()[4:], "a/"), _name(self.lines[self.at + 1][4:], "b/")
        self.at += 2
        path = new or old
        if path is None or (old and new and old != new):
            raise self.error(f"a patch may not rename a file ({old} to {new})")
        hunks = []
        while self.peek().startswith("@@ "):
            hunks.append(self.hunk())
        created, deleted = created or old is None, deleted or new is None
        if not hunks or (created and deleted):
            raise self.error(f"no hunk for {path}" if not hunks else f"{path} is both made and deleted")
        return FileChange(path=path, created=created, deleted=deleted, hunks=tuple(hunks))

    def hunk(self) -> Hunk:
        self.in_body = True
        counts = _HUNK.match(self.peek())
        if counts is None:
            raise self.error(f"not a hunk header: {self.peek()!r}")
        before, after = int(counts[2] or 1), int(counts[4] or 1)
        self.at += 1
        lines: list[str] = []
        while before > 0 or after > 0:
            line = self.peek() or " "
            if self.at >= len(self.lines) or line[0] not in " -+\\":
                raise self.error("a hunk is shorter than its header says")
            self._take(line, lines)
            before -= line[0] in " -"
            after -= line[0] in " +"
        if before or after:
            raise self.error("a hunk is longer than its header says")
        if self.peek().startswith("\\"):
            self._take(self.peek(), lines)
        return Hunk(start=int(counts[1]), lines=tuple(lines))

    def _take(self, line: str, lines: list[str]) -> None:
        """Add one line of a hunk; the marker takes the line end from the one before it."""
        self.at += 1
        if not line.startswith("\\"):
            lines.append(line + "\n")
        elif lines:
            lines[-1] = lines[-1].removesuffix("\n")

    def error(self, what: str) -> PatchError:
        return PatchError(f"line {self.at + 1} of the patch: {what}")


def _name(header: str, prefix: str) -> str | None:
    """The path in a ---/+++ line; None for /dev/null."""
    name = header.split("\t", maxsplit=1)[0].rstrip("\r")
    if name == "/dev/null":
        return None
    return (_unquoted(name) if name.startswith('"') else name).removeprefix(prefix)


def _unquoted(name: str) -> str:
    """A name as git quotes it by default when it is not plain ASCII: C escapes of its bytes."""
    try:
        return name[1:-1].encode("ascii").decode("unicode_escape").encode("latin-1").decode("utf-8", "surrogateescape")
    except UnicodeError as error:
        message = f"the quoted file name {name} can't be read"
        raise PatchError(message) from error
