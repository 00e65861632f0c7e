"""A Docker backend without an engine: it keeps its base image, and makes no sandbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigError
from core.execution import Environment
from sandbox.images import Image


@dataclass(frozen=True, kw_only=True)
class Keeper:
    """Has the base image when there is a file for it in `cache`, which holds what it was built from."""

    cache: Path
    base: str = "perfsmith-base"

    def prepare(self, tree: Path, setup: Sequence[str], *, timeout_seconds: float) -> Environment:
        """Refuse, and say whether the base image is there."""
        del setup, timeout_seconds
        found = "with" if self.has_base() else "without"
        raise ConfigError(f"{tree.name} is no environment, {found} a base image")

    def open(self) -> None:
        """As a sandbox does."""

    def examine(self) -> None:
        """As a sandbox does."""

    def images(self) -> Sequence[Image]:
        return ()

    def prune(self, *, unused_days: float) -> Sequence[Image]:
        del unused_days
        return ()

    def has_base(self) -> bool:
        return (self.cache / self.base).exists()

    def build_base(self, *, source: str) -> str:
        self.cache.mkdir(parents=True)
        (self.cache / self.base).write_text(source)
        return self.base
