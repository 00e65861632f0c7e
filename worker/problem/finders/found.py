"""One thing that was found, and why we believe it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Found:
    """A value for the configuration."""

    text: str
    why: str
    """For people: what was seen, in a few words."""
