"""The images that the Docker backend keeps: a built environment each, made once and used by every run that needs it."""

from collections.abc import Callable, Sequence
from typing import Protocol

from core.run import BackendSpec
from sandbox.images import Image
from worker.backends import resolve
from worker.settings import Settings
from worker.submit import supplies

SOURCE = "python:3-slim"
"""What the base image is built from when nobody names another image."""


class ImageKeeper(Protocol):
    """What can be done with the images of an engine."""

    def images(self) -> Sequence[Image]:
        """All of them, the newest first."""

    def prune(self, *, unused_days: float) -> Sequence[Image]:
        """Remove those that no run has used for so long; returns what was removed."""

    def has_base(self) -> bool:
        """Whether the image that environments begin with is there."""

    def build_base(self, *, source: str) -> str:
        """Build the image that environments begin with, from the image `source`; returns its name."""


def image_keeper(settings: Settings, docker: BackendSpec) -> ImageKeeper:
    """Who keeps the images of the engine that `docker` leads to: the one of DOCKER_HOST when it says nothing else."""
    keeper: ImageKeeper = resolve("sandbox", docker, **supplies(settings))
    return keeper


def ensure_base(settings: Settings, sandbox: BackendSpec, told: Callable[[str], None]) -> None:
    """Build the base image where `sandbox` wants it and it is missing, and say so.

    One that the option `base` names is its owner's to make: ours is not to be found under that name.
    """
    if sandbox.name != "docker" or "base" in sandbox.options:
        return
    keeper = image_keeper(settings, sandbox)
    if not keeper.has_base():
        told(f"the engine has no base image yet: building it from {SOURCE}; this takes some minutes")
        keeper.build_base(source=SOURCE)
