"""On whose behalf time is spent: from a hotspot up through its busiest callers, to the repository's code or to imports."""

from collections.abc import Container, Mapping, Sequence

from core.profile import Hotspot, Profile

_FEWEST_SAMPLES = 100
"""A sampling profile with fewer says little: one sample more or less moves a function by a percent."""
_IMPORT_MACHINERY = ("<frozen importlib", "<frozen zipimport", "<frozen site>")
_MODULE = "<module>"


class Origins:
    """Answers for one profile."""

    def __init__(self, profile: Profile) -> None:
        self.callers: dict[str, tuple[str, ...]] = {}
        for spot in profile.hotspots:
            self.callers.setdefault(place(spot), spot.callers)

    def of(self, start: str) -> str:
        """The nearest of `start` and its callers, the busiest first, that is a function of the repository or belongs to
        the import machinery; empty when there is none.
        """
        waiting = [start]
        seen: set[str] = set()
        while waiting:
            at = waiting.pop()
            if _is_import_machinery(at) or _is_own_function(at):
                return at
            if at not in seen:
                seen.add(at)
                waiting += reversed(self.callers.get(at, ()))
        return ""

    def is_start_up(self, spot: Hotspot) -> bool:
        """Whether the time goes to imports rather than to the workload."""
        return _is_import_machinery(self.of(place(spot)))

    def is_called_by_imports(self, spot: Hotspot) -> bool:
        """Whether it mostly runs while a module is imported: at the module's top level, or called from there."""
        return any(_is_import_machinery(self.of(caller)) for caller in spot.callers[:1])


def place(spot: Hotspot) -> str:
    """As callers are named."""
    return f"{spot.path}:{spot.function}"


def path_of(named: str) -> str:
    """The path in `path:function`."""
    return named.rpartition(":")[0]


def charges(profile: Profile, sources: Container[str]) -> Mapping[str, float]:
    """What the functions in `sources` cost, by place: their own share, and that of the foreign code that works for them."""
    origins = Origins(profile)
    charged: dict[str, float] = {}
    for spot in profile.hotspots:
        owner = origins.of(place(spot))
        if path_of(owner) in sources:
            charged[owner] = charged.get(owner, 0.0) + spot.own_share
    return charged


def telling(profiles: Sequence[Profile]) -> list[Profile]:
    """The profiles without those of a few samples, unless there is nothing better."""
    solid = [profile for profile in profiles if not is_sparse(profile)]
    return solid if any(profile.hotspots for profile in solid) else list(profiles)


def is_sparse(profile: Profile) -> bool:
    """Whether it rests on too few samples to tell functions apart."""
    return profile.unit == "samples" and profile.total < _FEWEST_SAMPLES


def _is_import_machinery(named: str) -> bool:
    return named.startswith(_IMPORT_MACHINERY) or path_of(named).endswith("/site.py")


def _is_own_function(named: str) -> bool:
    path, _, function = named.rpartition(":")
    return bool(path) and not path.startswith(("/", "<")) and function != _MODULE
