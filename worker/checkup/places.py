"""Where things are kept: the store, the folders, and the settings that say so."""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from core import figures
from core.errors import PerfsmithError
from core.health import Finding, Health
from store.failures import place_of
from worker.memory import opened
from worker.settings import Settings
from worker.submit import default_proposers

NEEDED_BYTES = 1 << 30
"""Environments of one repository and a few checkouts of it."""
PLENTY_BYTES = 5 << 30
PLENTY_FILES = 100_000
_SECRET_IN_URL = re.compile(r"(://)(?:.*@)?([^?]*).*")
"""User and password stand before the last @; the query may hold a password as well."""


def store(settings: Settings) -> Finding:
    """Whether runs can be recorded; makes the tables where there are none, where every command does."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with opened(settings) as found:
            found.recent(1)
            return Finding(subject="store", health=Health.GOOD, detail=f"{place_of(found.engine.url)} answers")
    except (PerfsmithError, OSError) as error:
        remedy = "set PERFSMITH_DATABASE_URL to a database that can be reached, or PERFSMITH_HOME to a writable folder"
        return Finding(subject="store", health=Health.MISSING, detail=str(error), remedy=remedy)


def disk(name: str, folder: Path) -> Finding:
    """Whether `folder` can be written and how much room there is."""
    subject, existing = f"disk of the {name}", _existing(folder)
    if not os.access(existing, os.W_OK | os.X_OK):
        remedy = "make it writable, or set PERFSMITH_HOME to another folder"
        return Finding(subject=subject, health=Health.MISSING, detail=f"{existing} can't be written", remedy=remedy)
    free, files = shutil.disk_usage(existing).free, os.statvfs(existing)
    health = Health.GOOD if free >= PLENTY_BYTES else Health.LIMITED if free >= NEEDED_BYTES else Health.MISSING
    detail = f"{figures.memory(free)} free at {folder}"
    if files.f_files and files.f_favail < PLENTY_FILES:
        health = max(health, Health.LIMITED, key=list(Health).index)
        detail += f", and room for {figures.count(files.f_favail)} more files only"
    remedy = "" if health is Health.GOOD else "free some space, or set PERFSMITH_HOME to a folder on another disk"
    return Finding(subject=subject, health=health, detail=detail, remedy=remedy)


def _existing(folder: Path) -> Path:
    """`folder` or the nearest one above it that exists."""
    return next((place for place in (folder, *folder.parents) if place.is_dir()), Path("/"))


def in_use(settings: Settings) -> Iterator[Finding]:
    """Each setting that has a value, and who proposes when nobody is named; of secrets only that they are set."""
    for name, shown in _values(settings):
        yield Finding(subject=name, health=Health.GOOD, detail=shown)
    names = " then ".join(spec.name for spec in default_proposers(settings))
    yield Finding(subject="proposers by default", health=Health.GOOD, detail=names)


def _values(settings: Any) -> Iterator[tuple[str, str]]:
    """Names and values for people, those of settings within settings one by one."""
    for each in fields(settings):
        name, value = each.name.replace("_", " "), getattr(settings, each.name)
        if is_dataclass(value):
            yield from ((f"{name} {inner}", shown) for inner, shown in _values(value))
        elif value is not None and not callable(value):
            yield name, _shown(value) if each.repr else "set (not shown)"


def _shown(value: object) -> str:
    """`value` for people, URLs without what may be secret in them."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return ", ".join(map(_shown, value)) or "none"
    return _SECRET_IN_URL.sub(r"\1\2", str(value))
