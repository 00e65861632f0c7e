"""What follows when a machine is unable to work on a run: it rests from it, others are offered it, and the run says why it waits."""

from collections.abc import Mapping
from datetime import datetime

from core.run import SANDBOX_BROKE

SHORTEST_REST_SECONDS = 300
LONGEST_REST_SECONDS = 3600
MOST_NAMED = 8


def rest_seconds(times: int) -> int:
    """For how long a machine that was unable so many times is not offered the run: each time twice as long, up to the longest."""
    return min(LONGEST_REST_SECONDS, SHORTEST_REST_SECONDS << (times - 1))


def waits_for_another(machine: str, reason: str) -> str:
    """What a run does that this machine was the last to be unable to work on."""
    return f"waits for a machine that can: {_said(machine, reason)}"


def has_lasted(hours: int, *, since: datetime, now: datetime) -> bool:
    """Whether so many hours have passed."""
    return (now - since).total_seconds() >= hours * 3600


def given_up(reasons: Mapping[str, str], hours: int) -> str:
    """Why a run has failed that none of these machines could work on for so many hours."""
    broke = SANDBOX_BROKE if any(reason.startswith(SANDBOX_BROKE) for reason in reasons.values()) else ""
    said = [_said(machine, reason) for machine, reason in sorted(reasons.items())]
    more = f"; and {len(said) - MOST_NAMED} more" if len(said) > MOST_NAMED else ""
    return f"{broke}no machine could work on this run for {hours} hours: {'; '.join(said[:MOST_NAMED])}{more}"


def _said(machine: str, reason: str) -> str:
    return f"{reason.removeprefix(SANDBOX_BROKE)} (machine {machine})"
