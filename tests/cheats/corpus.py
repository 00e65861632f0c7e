"""Finds the cheats and the honest patches: one file each, in folders that are families."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core import patch as patches
from tests.cheats.cheat import Cheat, Edits, Honest

CORPUS = Path(__file__).parent
VICTIMS = CORPUS / "victims"


@dataclass(frozen=True, kw_only=True)
class Story:
    """One file of the corpus."""

    name: str
    """`family/file`."""
    told: str
    """Its docstring."""
    subject: Cheat | Honest

    @property
    def family(self) -> str:
        """The folder, in words."""
        return self.name.partition("/")[0].replace("_", " ")

    @property
    def patch(self) -> str:
        """The patch as a proposer would hand it in."""
        if isinstance(self.subject, Cheat) and self.subject.patch:
            return self.subject.patch
        return patch_of(self.subject.edits, texts_of(self.subject.victim))


def stories() -> list[Story]:
    """The whole corpus, in the order of its names."""
    files = sorted(CORPUS.glob("*/*.py"))
    return [_story(file) for file in files if not file.name.startswith("_")]


def cheats() -> dict[str, Story]:
    """The cheats by name."""
    return {story.name: story for story in stories() if isinstance(story.subject, Cheat)}


def honest_patches() -> dict[str, Story]:
    """The honest patches by name."""
    return {story.name: story for story in stories() if isinstance(story.subject, Honest)}


def _story(file: Path) -> Story:
    module = importlib.import_module(f"tests.cheats.{file.parent.name}.{file.stem}")
    subject = module.HONEST if hasattr(module, "HONEST") else module.CHEAT
    return Story(name=f"{file.parent.name}/{file.stem}", told=(module.__doc__ or "").strip(), subject=subject)


def texts_of(victim: str) -> dict[str, str]:
    """The text of every file of a victim."""
    folder = VICTIMS / victim
    files = [file for file in sorted(folder.rglob("*")) if file.is_file() and "__pycache__" not in file.parts]
    return {file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8") for file in files}


def patch_of(edits: Edits, texts: Mapping[str, str]) -> str:
    """The patch that makes the edits. ValueError when a text to replace is not there exactly once."""
    changed: dict[str, str | None] = {}
    for path, replacements in edits.items():
        text = texts.get(path, "")
        for old, new in replacements.items():
            if (text.count(old) if old else text == "") != 1:
                raise ValueError(f"{path} must contain this exactly once: {old!r}")
            text = text.replace(old, new, 1) if old else new
        changed[path] = text
    return patches.diff(texts, changed)
