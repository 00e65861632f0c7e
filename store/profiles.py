"""Profiles as compressed JSON: large, read as a whole, never queried."""

import json
import zlib
from collections.abc import Sequence
from typing import Any

from core.profile import Hotspot, LineCost, Profile, Stack
from store.forms import Form, sealed, unsealed


def pack(profiles: Sequence[Profile]) -> bytes:
    """`profiles` as bytes."""
    form = sealed("profiles", [_profile_form(profile) for profile in profiles])
    return zlib.compress(json.dumps(form, allow_nan=False, separators=(",", ":")).encode())


def unpack(packed: bytes) -> tuple[Profile, ...]:
    """The profiles in `packed`."""
    return tuple(_profile_of(body) for body in unsealed("profiles", json.loads(zlib.decompress(packed))))


def _profile_form(profile: Profile) -> Form:
    return {
        "profiler": profile.profiler,
        "unit": profile.unit,
        "total": profile.total,
        "hotspots": [_hotspot_form(hotspot) for hotspot in profile.hotspots],
        "lines": [[line.path, line.line, line.share, line.hits] for line in profile.lines],
        "stacks": [[list(stack.frames), stack.weight] for stack in profile.stacks],
    }


def _hotspot_form(hotspot: Hotspot) -> Form:
    return {
        "path": hotspot.path,
        "function": hotspot.function,
        "line": hotspot.line,
        "own_share": hotspot.own_share,
        "total_share": hotspot.total_share,
        "calls": hotspot.calls,
        "callers": list(hotspot.callers),
    }


def _profile_of(body: Any) -> Profile:
    return Profile(
        profiler=body["profiler"],
        unit=body["unit"],
        total=body["total"],
        hotspots=tuple(_hotspot_of(hotspot) for hotspot in body["hotspots"]),
        lines=tuple(
            LineCost(path=path, line=line, share=share, hits=hits) for path, line, share, hits in body["lines"]
        ),
        stacks=tuple(Stack(frames=tuple(frames), weight=weight) for frames, weight in body["stacks"]),
    )


def _hotspot_of(body: Any) -> Hotspot:
    return Hotspot(
        path=body["path"],
        function=body["function"],
        line=body["line"],
        own_share=body["own_share"],
        total_share=body["total_share"],
        calls=body["calls"],
        callers=tuple(body["callers"]),
    )
