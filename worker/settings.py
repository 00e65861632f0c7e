"""Deployment settings: read from the environment once, at the edge, and passed on as a value."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from core.errors import ConfigError
from sandbox.addresses import ANYWHERE_PUBLIC, DEFAULT_SCHEMES, KNOWN_SCHEMES, Sources
from sandbox.extent import DEFAULT_LIMITS, Limits

_NUMBER = re.compile(r"[0-9]{1,15}")
_MOST = 1 << 45


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where things are kept and how models are reached."""

    home: Path
    """Everything that perfsmith remembers: the database, environments, the folders of runs."""
    database_url: str
    upgrades_database: bool = True
    """Whether whoever opens the database brings its tables to this release; else only `perfsmith migrate` does."""
    openai_api_key: str | None = field(default=None, repr=False)
    openai_base_url: str | None = None
    model: str | None = None
    sources: Sources = ANYWHERE_PUBLIC
    """Where repositories may come from, and how large they may be."""

    @property
    def environments(self) -> Path:
        """Environments by content."""
        return self.home / "environments"

    @property
    def scratch(self) -> Path:
        """Checkouts of running sandboxes."""
        return self.home / "scratch"

    def workspace(self, run_id: str) -> Path:
        """The folder of a run: its source tree, its lock and what it hands out."""
        return self.home / "runs" / run_id


def read_settings(environment: Mapping[str, str]) -> Settings:
    """PERFSMITH_HOME, PERFSMITH_DATABASE_URL, PERFSMITH_UPGRADE_DATABASE, PERFSMITH_MODEL, OPENAI_API_KEY and OPENAI_BASE_URL, with their defaults,
    and what `Sources` is made from. ConfigError for a value that makes no sense.
    """
    home = Path(environment.get("PERFSMITH_HOME") or platformdirs.user_data_path("perfsmith")).expanduser().absolute()
    return Settings(
        home=home,
        database_url=environment.get("PERFSMITH_DATABASE_URL") or f"sqlite:///{home / 'perfsmith.db'}",
        upgrades_database=_switch(environment, "PERFSMITH_UPGRADE_DATABASE", default="1"),
        openai_api_key=environment.get("OPENAI_API_KEY") or None,
        openai_base_url=environment.get("OPENAI_BASE_URL") or None,
        model=environment.get("PERFSMITH_MODEL") or None,
        sources=_sources(environment),
    )


def _sources(environment: Mapping[str, str]) -> Sources:
    return Sources(
        schemes=_schemes(environment),
        private_addresses=_switch(environment, "PERFSMITH_ALLOW_PRIVATE_ADDRESSES"),
        limits=Limits(
            seconds=_number(environment, "PERFSMITH_SOURCE_SECONDS", int(DEFAULT_LIMITS.seconds)),
            size_bytes=_number(environment, "PERFSMITH_SOURCE_BYTES", DEFAULT_LIMITS.size_bytes),
            files=_number(environment, "PERFSMITH_SOURCE_FILES", DEFAULT_LIMITS.files),
        ),
    )


def _schemes(environment: Mapping[str, str]) -> tuple[str, ...]:
    given = environment.get("PERFSMITH_URL_SCHEMES") or ",".join(DEFAULT_SCHEMES)
    schemes = tuple(scheme.strip().lower() for scheme in given.split(",") if scheme.strip())
    unknown = [scheme for scheme in schemes if scheme not in KNOWN_SCHEMES]
    if unknown:
        raise ConfigError(f"PERFSMITH_URL_SCHEMES names {unknown[0]!r}; known: {', '.join(KNOWN_SCHEMES)}")
    return schemes


def _switch(environment: Mapping[str, str], name: str, *, default: str = "0") -> bool:
    given = environment.get(name) or default
    if given not in {"0", "1"}:
        raise ConfigError(f"{name} is {given!r}; it must be 0 or 1")
    return given == "1"


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    given = environment.get(name) or str(default)
    if not _NUMBER.fullmatch(given) or not 0 < int(given) <= _MOST:
        raise ConfigError(f"{name} is {given!r}; it must be a whole number from 1 to {_MOST}")
    return int(given)
