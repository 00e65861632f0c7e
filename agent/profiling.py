"""Where the time goes in a candidate: every profiler on every workload, and single lines of the hottest functions."""

from collections.abc import Iterator
from dataclasses import replace

from agent.search import Bench, Repeated, Search
from core import patch as patches
from core.candidate import Candidate
from core.profile import Hotspot, Profile
from core.protocols import Profiler, Sandbox
from core.run import Record

LINES_OF = 5
"""How many of the hottest functions are looked at line by line."""


def profile_candidate(search: Search, record: Record, candidate: Candidate) -> Record:
    """`record` with the candidate's profiles, stored. A workload that can't be profiled has none."""
    bench = search.bench
    changes = patches.apply(candidate.proposal.patch, bench.sources) if candidate.proposal.patch else {}
    with bench.provider.open(bench.environment, changes) as sandbox:
        profiles = tuple(_profiles(bench, sandbox))
    search.history.profile(candidate.number, profiles)
    return replace(record, profiles={**record.profiles, candidate.number: profiles})


def _profiles(bench: Bench, sandbox: Sandbox) -> Iterator[Profile]:
    for repeated in bench.workloads:
        seen = [found for profiler in bench.profilers if (found := _profile(profiler, sandbox, repeated))]
        yield from seen
        hot = _own_hotspots(seen, bench)
        if bench.line_profiler is not None and hot:
            lines = _profile(bench.line_profiler(hot), sandbox, repeated)
            yield from (lines,) if lines else ()


def _profile(profiler: Profiler, sandbox: Sandbox, repeated: Repeated) -> Profile | None:
    command = repeated.workload.command(sandbox.layout, loops=repeated.loops)
    result = sandbox.run(profiler.command(sandbox.layout, command))
    return profiler.read(sandbox.layout, result)


def _own_hotspots(profiles: list[Profile], bench: Bench) -> list[Hotspot]:
    """The hottest functions that a candidate could edit, from the first profile that knows any."""
    for profile in profiles:
        own = [hotspot for hotspot in profile.hotspots if hotspot.path in bench.sources]
        if own:
            return own[:LINES_OF]
    return []
