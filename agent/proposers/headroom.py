"""How much faster edits can make a workload at most, where its profile tells."""

from collections.abc import Container

from agent.proposers.origins import Origins, is_sparse, path_of
from core import figures
from core.problem import Objective
from core.profile import Hotspot, Profile, Stack
from core.proposing import Brief

_WORTH_SAYING = 0.95
"""A larger share is no limit to speak of."""


def headroom(brief: Brief) -> str:
    """One line; empty when there are several workloads or no profile that allows a sound bound."""
    fitting = [profile for profile in brief.profiles if _measures_objective(profile, brief.problem.objective)]
    share = _share_of(fitting, brief.sources) if len(brief.problem.workloads) == 1 else 0.0
    if not 0 < share < _WORTH_SAYING:
        return ""
    what, verb = ("memory", "taken") if brief.problem.objective is Objective.MEMORY else ("time", "spent")
    most = figures.times(1 / (1 - share))
    return f"At most about {most} over the code as it is now is possible by edits to these files: {share:.0%} of the {what} is {verb} in or under them.\n"


def _measures_objective(profile: Profile, objective: Objective) -> bool:
    return (
        bool(profile.hotspots)
        and not is_sparse(profile)
        and (profile.unit == "bytes") is (objective is Objective.MEMORY)
    )


def _share_of(profiles: list[Profile], sources: Container[str]) -> float:
    """The share in or under the editable files: from whole stacks where there are any, else as an upper bound."""
    stacked = [profile for profile in profiles if profile.stacks]
    if stacked:
        stacks = stacked[0].stacks
        editable = sum(stack.weight for stack in stacks if _runs_editable_code(stack, sources))
        return editable / sum(stack.weight for stack in stacks)
    return min(1.0, _outermost(profiles[0], sources)) if profiles else 0.0


def _runs_editable_code(stack: Stack, sources: Container[str]) -> bool:
    """Whether an editable frame is on the stack, imports aside."""
    for frame in stack.frames:
        path = frame.rpartition(" (")[2].rpartition(":")[0]
        if path in sources:
            return True
        if path.startswith("<frozen importlib"):
            return False
    return False


def _outermost(profile: Profile, sources: Container[str]) -> float:
    """The total shares of the editable functions that other code calls. Too much where that code was called by editable
    code in turn, never too little.
    """
    origins = Origins(profile)
    ours = [spot for spot in profile.hotspots if spot.path in sources and not _is_imported(spot, origins)]
    called = [
        spot for spot in ours if not spot.callers or any(path_of(origins.of(c)) not in sources for c in spot.callers)
    ]
    return sum(spot.total_share for spot in called)


def _is_imported(spot: Hotspot, origins: Origins) -> bool:
    return spot.function == "<module>" and origins.is_called_by_imports(spot)
