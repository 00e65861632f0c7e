"""Who evaluates the candidates of a run that a worker holds: itself, and workers of other machines that help."""

import time
from dataclasses import dataclass

from core.candidate import Candidate
from core.queue import Claim
from store.helping import SqlHelping

PAUSE_SECONDS = 1.0
"""Between two looks at what the others have finished."""


@dataclass(frozen=True, kw_only=True)
class Helped:
    """Satisfies `core.protocols.Crew`. Without helpers it is one candidate at a time, as for whoever is alone."""

    helping: SqlHelping
    claim: Claim

    @property
    def width(self) -> int:
        """One for each machine that is ready."""
        return 1 + self.helping.ready(self.claim.run_id)

    def take(self, number: int) -> bool:
        """Whether no helper has the candidate."""
        return self.helping.take(self.claim, number)

    def finished(self, pending: frozenset[int]) -> tuple[Candidate, ...]:
        """What helpers have decided."""
        return self.helping.finished(self.claim.run_id, pending)

    def wait(self) -> None:
        """Look again in a moment."""
        time.sleep(PAUSE_SECONDS)
