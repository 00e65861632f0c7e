"""What an examination of the machine finds: what works, what is limited, what is missing and how to get it."""

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How well something works on this machine."""

    GOOD = "good"
    LIMITED = "limited"
    """It works, but a promise of it is not kept here; the detail says which."""
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    """What was looked at, such as `memory limit`."""
    health: Health
    detail: str
    """What was seen, in a sentence."""
    remedy: str = ""
    """What to do about it: a command where there is one."""
