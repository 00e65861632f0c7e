"""The search without help: one candidate at a time, evaluated here."""

from dataclasses import dataclass

from core.candidate import Candidate


@dataclass(frozen=True, kw_only=True)
class Alone:
    """Satisfies `core.protocols.Crew` where one process does everything."""

    @property
    def width(self) -> int:
        """One: the next proposal sees what became of this one."""
        return 1

    def take(self, number: int) -> bool:
        """Nobody else is there to evaluate it."""
        del number
        return True

    def finished(self, pending: frozenset[int]) -> tuple[Candidate, ...]:
        """Nobody else has finished anything."""
        del pending
        return ()

    def wait(self) -> None:
        """There is nobody to wait for."""
