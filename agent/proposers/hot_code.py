"""Which parts of the code matter for a workload, the most important first, as its profiles tell."""

from collections.abc import Iterator, Mapping

from agent.proposers import outline
from agent.proposers.origins import Origins, charges, path_of, place, telling
from agent.proposers.outline import Part
from core.profile import Hotspot, Profile
from core.proposing import Brief

_LEAST_SHARE = 0.01
"""Functions with a smaller total share are left out, but for callers and callees of the others."""
_LEAST_CALLEE_SHARE = 0.002
_LINES_AROUND = 40
"""How much is shown around a hot line of a file whose functions are not known."""


def hot_parts(brief: Brief) -> list[Part]:
    """The functions in which or on whose behalf most of the time is spent."""
    weights: dict[Part, float] = {}
    for profile in telling(brief.profiles):
        charged = charges(profile, brief.sources)
        for spot in _hot(profile, brief.sources):
            weight = max(spot.own_share, charged.get(place(spot), 0.0))
            for part in _parts_at(spot, brief.sources):
                weights[part] = max(weights.get(part, 0.0), weight)
    return sorted(weights, key=lambda part: (-weights[part], part.path, part.start))


def neighbours(brief: Brief, hot: list[Part]) -> Iterator[Part]:
    """What belongs to `hot`: the busiest callers, what their classes begin with, and the functions that they call."""
    known = set(hot)
    paths = {part.path for part in hot}
    spots = [spot for profile in telling(brief.profiles) for spot in profile.hotspots]
    for spot in spots:
        if spot.path in paths and known.intersection(_functions_at(spot, brief.sources)):
            yield from _named(spot.callers[:1], brief.sources)
    for part in hot:
        yield from outline.class_head(part.path, brief.sources[part.path], part)
    for spot in spots:
        callers = tuple(caller for caller in spot.callers[:1] if path_of(caller) in paths)
        if spot.total_share >= _LEAST_CALLEE_SHARE and known.intersection(_named(callers, brief.sources)):
            yield from _functions_at(spot, brief.sources)


def cold_parts(brief: Brief) -> Iterator[Part]:
    """For a program without a profile: its files from the shortest, and the functions of those that are too long."""
    sources = {path: text for path, text in brief.sources.items() if not outline.only_imports(path, text)}
    for path in sorted(sources, key=lambda path: (not path.endswith(".py"), len(sources[path]), path)):
        yield outline.whole(path, sources[path])
        yield from outline.functions(path, sources[path])


def hottest_line(brief: Brief, part: Part) -> int | None:
    """The most expensive line of `part`, where lines were profiled."""
    costs = [cost for profile in brief.profiles for cost in profile.lines if cost.path == part.path]
    inside = [cost for cost in costs if part.start <= cost.line <= part.end]
    return max(inside, key=lambda cost: (cost.share, -cost.line)).line if inside else None


def _hot(profile: Profile, sources: Mapping[str, str]) -> list[Hotspot]:
    """The editable spots that are worth a look; all of them where none reaches the least share."""
    origins = Origins(profile)
    ours = [spot for spot in profile.hotspots if sources.get(spot.path)]
    running = [spot for spot in ours if not origins.is_called_by_imports(spot)]
    return [spot for spot in running if _share_of(spot) >= _LEAST_SHARE] or ours


def _share_of(spot: Hotspot) -> float:
    """What counts: a file's top level runs all that it starts, and only what it does itself is its own."""
    return spot.own_share if spot.function == "<module>" else max(spot.own_share, spot.total_share)


def _parts_at(spot: Hotspot, sources: Mapping[str, str]) -> Iterator[Part]:
    """The outermost function at a hotspot, or what stands in for it."""
    text = sources.get(spot.path, "")
    if spot.function == "<module>":
        yield from outline.module_level(spot.path, text)
    elif outline.functions(spot.path, text):
        yield from _functions_at(spot, sources)
    elif text:
        last = len(outline.lines_of(text))
        middle = max(1, min(spot.line, last))
        start, end = max(1, middle - _LINES_AROUND), min(last, middle + _LINES_AROUND)
        yield Part(path=spot.path, name=f"around line {middle}", start=start, end=end)


def _functions_at(spot: Hotspot, sources: Mapping[str, str]) -> Iterator[Part]:
    part = outline.function_at(spot.path, sources.get(spot.path, ""), spot.line)
    if part is not None and spot.function != "<module>":
        yield part


def _named(places: tuple[str, ...], sources: Mapping[str, str]) -> Iterator[Part]:
    """The outermost functions that `path:function` names, if they are ours."""
    for named in places:
        path, _, name = named.rpartition(":")
        wanted = name.partition(".<locals>")[0]
        for part in outline.functions(path, sources.get(path, "")):
            if part.name == wanted or part.name.endswith(f".{wanted}"):
                outermost = outline.function_at(path, sources[path], part.start)
                yield outermost or part
