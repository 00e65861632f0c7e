"""Which processes others have started."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Process:
    """One process, for ever: its number may be another's later."""

    pid: int
    start: int
    """In ticks since the machine was started."""

    @property
    def lives(self) -> bool:
        facts = _facts(self.pid)
        return bool(facts) and facts[0] != "Z" and int(facts[19]) == self.start


def below(pid: int) -> set[Process]:
    """The processes that this one has started, those that they have started, and so on."""
    facts = {int(folder.name): _facts(int(folder.name)) for folder in Path("/proc").glob("[0-9]*")}
    begun: dict[int, set[int]] = defaultdict(set)
    for each, known in facts.items():
        if known:
            begun[int(known[1])].add(each)
    found, latest = set[int](), {pid}
    while latest := {child for parent in latest for child in begun[parent]}:
        found |= latest
    return {Process(pid=each, start=int(facts[each][19])) for each in found}


def _facts(pid: int) -> list[str]:
    """What the kernel says from its state on; nothing when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()
