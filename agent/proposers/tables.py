"""A profile as a model reads it: the hottest functions and lines, with what imports cost as one line."""

from collections.abc import Mapping, Sequence

from agent.proposers.origins import Origins, telling
from core.profile import Hotspot, LineCost, Profile
from core.proposing import Brief

_HOTSPOTS_SHOWN = 15
_LINES_SHOWN = 15
_LEAST_SHARE = 0.001
"""Rows with less in and under them are left out."""


def tables(brief: Brief) -> str:
    """A table for every profile that tells something."""
    shown = [_tables_of(profile, brief.sources) for profile in telling(brief.profiles)]
    return "\n\n".join(table for tables_of_one in shown for table in tables_of_one if table)


def _tables_of(profile: Profile, sources: Mapping[str, str]) -> tuple[str, str]:
    return _hotspots(profile, sources), _lines(profile.lines, sources)


def _hotspots(profile: Profile, sources: Mapping[str, str]) -> str:
    """The hottest functions but those of the start-up, which is summed up in one row."""
    origins = Origins(profile)
    imports = [spot for spot in profile.hotspots if spot.path not in sources and origins.is_start_up(spot)]
    skipped = set(imports)
    told = [spot for spot in profile.hotspots if spot not in skipped and spot.total_share >= _LEAST_SHARE]
    rows = [_hotspot_row(spot) for spot in told[:_HOTSPOTS_SHOWN]]
    start_up = sum(spot.own_share for spot in imports)
    if start_up >= _LEAST_SHARE:
        rows.append(f"{start_up:6.1%}  import and start-up, about; not editable")
    return f"{profile.profiler}: own share, share with callees, calls, function\n" + "\n".join(rows) if rows else ""


def _hotspot_row(spot: Hotspot) -> str:
    calls = "-" if spot.calls is None else str(spot.calls)
    callers = f"  called by {', '.join(caller.removeprefix('<built-in>:') for caller in spot.callers[:3])}"
    where = spot.function if spot.path == "<built-in>" else f"{spot.path}:{spot.line} {spot.function}"
    return f"{spot.own_share:6.1%} {spot.total_share:6.1%} {calls:>9}  {where}{callers if spot.callers else ''}"


def _lines(lines: Sequence[LineCost], sources: Mapping[str, str]) -> str:
    costs = sorted(lines, key=lambda cost: -cost.share)[:_LINES_SHOWN]
    texts = {path: sources[path].split("\n") for path in {cost.path for cost in costs} & sources.keys()}
    rows = [
        f"{cost.share:6.1%} {cost.hits:>10} hits  {cost.path}:{cost.line}  {_text(texts.get(cost.path, []), cost.line)}"
        for cost in costs
    ]
    return "hottest lines: share, hits, line\n" + "\n".join(rows) if rows else ""


def _text(lines: Sequence[str], number: int) -> str:
    return lines[number - 1].strip()[:120] if 0 < number <= len(lines) else ""
