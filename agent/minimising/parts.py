"""The parts of a patch that can be left out one by one, and the patch that some of them make."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from core import patch as patches

Part = patches.FileChange
"""Something that can be left out: consecutive changed lines, or a file that is created or deleted."""


def parts_of(patch: str, sources: Mapping[str, str]) -> list[Part]:
    """What can be left out of `patch`: each run of changed lines, each created or deleted file; by path and line."""
    finest = patches.read(patches.diff(sources, patches.apply(patch, sources), context=0))
    return [part for change in finest for part in _runs(change)]


def _runs(change: patches.FileChange) -> list[Part]:
    if change.deleted or change.created:
        return [change]
    return [replace(change, hunks=(hunk,)) for hunk in change.hunks]


def texts_of(parts: Iterable[Part], sources: Mapping[str, str]) -> dict[str, str | None]:
    """The files that `parts` change; those of one file must be together and in their order."""
    merged = [_merge(list(group)) for _, group in groupby(parts, key=lambda part: part.path)]
    return patches.apply_changes(merged, sources)


def patch_of(parts: Iterable[Part], sources: Mapping[str, str]) -> str:
    """The patch that makes just the changes of `parts`."""
    return patches.diff(sources, texts_of(parts, sources))


def _merge(parts: Sequence[Part]) -> patches.FileChange:
    return replace(parts[0], hunks=tuple(hunk for part in parts for hunk in part.hunks))
