"""Deployment settings: read from the environment once, at the edge, and passed on as a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where things are kept and how models are reached."""

    home: Path
    """Everything that perfsmith remembers: the database, environments, the folders of runs."""
    database_url: str
    openai_api_key: str | None = field(default=None, repr=False)
    openai_base_url: str | None = None
    model: str | None = None

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
    """PERFSMITH_HOME, PERFSMITH_DATABASE_URL, PERFSMITH_MODEL, OPENAI_API_KEY and OPENAI_BASE_URL, with their defaults."""
    home = Path(environment.get("PERFSMITH_HOME") or platformdirs.user_data_path("perfsmith")).expanduser().absolute()
    return Settings(
        home=home,
        database_url=environment.get("PERFSMITH_DATABASE_URL") or f"sqlite:///{home / 'perfsmith.db'}",
        openai_api_key=environment.get("OPENAI_API_KEY") or None,
        openai_base_url=environment.get("OPENAI_BASE_URL") or None,
        model=environment.get("PERFSMITH_MODEL") or None,
    )
