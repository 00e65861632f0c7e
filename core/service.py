"""The seams of the service, on one page: the queue of runs, what lists and pages read, and who may come in."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Protocol

from core.access import Token
from core.candidate import Candidate, Verdict
from core.listing import AskedLately, BatchSummary, CandidateSummary, Order, RunFilter, RunPage
from core.profile import Profile
from core.proposing import ModelCall
from core.protocols import Store
from core.queue import Claim, Hint, LogEntry, Ticket, Wish, WorkerState
from core.run import Run, RunStatus, RunSummary
from core.spend import Budget, Spend

LATEST_CALLS = 200


class Queue(Protocol):
    """Runs that wait for a worker. All times are the database's, so that no worker's clock matters."""

    def enqueue(
        self, run: Run, ticket: Ticket, *, archive: bytes | None = None, dollars_per_day: float | None = None
    ) -> str:
        """Record a new run that waits for a worker, with the archive it was submitted as; its id. When its owner has
        handed in one under the same key: the id of that, and nothing new. ConfigError when that one asked for another thing.

        Where it may cost something, its dollars are bounded by what is left of its owner's `dollars_per_day`; AllowanceError when
        it asks for more. However many are handed in at the same moment, together they get no more.
        """

    def submitted(self, ticket: Ticket) -> str | None:
        """The id of the run that the ticket's owner has handed in under its key, if any; ConfigError as above."""

    def claim(self, worker: str, *, machine: str, lease_seconds: float) -> Claim | None:
        """The right to the run whose turn it is, now running; None when none waits for this machine, or somebody else has those that
        do in hand at this very moment. Owners take turns; an owner's own runs go by priority, then by age.
        """

    def renew(self, claim: Claim, *, lease_seconds: float) -> Wish:
        """Hold the claim for longer, and learn what is wanted of its holder."""

    def release(self, claim: Claim) -> None:
        """Give the run back: it waits again, as if nobody had taken it up, or is cancelled where that was asked. Nothing when the
        claim is lost.
        """

    def set_aside(self, claim: Claim, *, reason: str, hours: int, is_attempt: bool = False) -> None:
        """Leave the run to other machines, because the claim's is unable to work on it: it waits again at once, says why, and that
        machine is not offered it for a while, which grows each time. It was no attempt unless that is said; one makes void what
        other machines were unable to. After so many hours in which all machines were unable it fails, unless one is alive that
        has not tried. Nothing when it is another's.
        """

    def cancel(self, run_id: str) -> RunStatus:
        """End the run: at once where it waits, through its worker where it is worked on. The status that it has now; that
        of a run that is over stays as it is. ConfigError when there is no such run, or it belongs to a terminal.
        """

    def cancel_batch(self, name: str, *, owner: str = "") -> None:
        """The same for all runs of a batch, of this owner where one is named. A terminal's stay as they are."""

    def requeue(self, run_id: str, budget: Budget, *, dollars_per_day: float | None = None) -> None:
        """Let a run that is over wait for a worker again, with this budget. ConfigError when it is not over.

        The budget counts what the run has spent already; what it has beyond is bounded as in `enqueue`.
        """

    def add_hint(self, run_id: str, author: str, text: str) -> None:
        """Say something to the run's search, for the proposals that come after it. ConfigError when there is no such run,
        or the hint can't be kept.
        """

    def recover(self) -> tuple[str, ...]:
        """Let runs whose lease has ended wait again, or fail after MOST_ATTEMPTS workers, or be cancelled where that was
        asked. The ids of some runs that wait: enough to wake workers that sleep.
        """

    def archive(self, run_id: str) -> bytes | None:
        """The archive that the run was submitted as."""

    def report_worker(self, state: WorkerState) -> None:
        """Note that a worker is alive, in place of what it told before. `seen_at` is set here."""

    def forget_worker(self, name: str) -> None:
        """Note that a worker has ended."""


class HeldStore(Store, Protocol):
    """What the holder of a claim writes to: everything about the run is refused with LostClaimError once the claim is
    another's.
    """

    def say(self, run_id: str, stage: str, message: str) -> None:
        """Add an entry to the run's log."""

    def show_progress(self, run_id: str, stage: str, progress: str) -> None:
        """What the run is doing just now, in place of what it did before."""


class Catalogue(Protocol):
    """What lists and pages read. No answer takes longer because there are more runs."""

    def summary(self, run_id: str) -> RunSummary:
        """A run's line; `run_id` may be the start of an id. ConfigError when no run or several match."""

    def run(self, run_id: str) -> Run:
        """A run as submitted, and its state; ConfigError as above."""

    def page(self, wanted: RunFilter, *, order: Order = Order.NEWEST, after: str = "", limit: int = 50) -> RunPage:
        """Runs from the cursor `after` on; ConfigError for a cursor that is none."""

    def batch(self, name: str, *, owner: str = "") -> BatchSummary:
        """The runs of a batch together, of this owner where one is named; ConfigError when there are none."""

    def candidates(self, run_id: str, *, after: int = -1, limit: int = 200) -> tuple[CandidateSummary, ...]:
        """The lines of candidates whose number is above `after`."""

    def candidate(self, run_id: str, number: int) -> Candidate:
        """One candidate with all its samples; ConfigError when there is none."""

    def winner(self, run_id: str) -> Candidate | None:
        """The run's winner with all its samples; None while nothing is confirmed."""

    def profiles(self, run_id: str, number: int) -> tuple[Profile, ...]:
        """The candidate's profiles, if any."""

    def calls(self, run_id: str, number: int) -> tuple[ModelCall, ...]:
        """The questions to models that were asked for the candidate, with their answers."""

    def entries(self, run_id: str, *, after: int = 0, limit: int = 200) -> tuple[LogEntry, ...]:
        """Entries of the run's log whose number is above `after`, the first of them."""

    def last_entries(self, run_id: str, *, after: int = 0, limit: int = 200) -> tuple[LogEntry, ...]:
        """The last of those entries, by number as well."""

    def hints(self, run_id: str) -> tuple[Hint, ...]:
        """What people have said to the run's search."""

    def counts(self) -> Mapping[RunStatus, int]:
        """How many runs wait and are worked on, and how many have ended in the last 24 hours, by status."""

    def verdicts_lately(self) -> Mapping[Verdict, int]:
        """How many candidates have which verdict, in the runs that ended in the last 24 hours."""

    def broken_sandboxes(self) -> int:
        """How many runs have failed in the last 24 hours because of their sandbox, or are not over and a machine has left them
        to others because of it.
        """

    def waiting_seconds(self) -> float:
        """How long the run has waited that waits longest; 0 when none does."""

    def spent_lately(self) -> Spend:
        """Tokens and dollars of all model calls in the last 24 hours."""

    def asked_lately(self, model: str) -> AskedLately:
        """What those of the latest LATEST_CALLS questions to any model have cost that were this one's."""

    def spent_by_day(self, days: int) -> Mapping[date, Spend]:
        """The same for each of the last `days` days of UTC up to today, oldest first."""

    def workers(self) -> tuple[WorkerState, ...]:
        """The workers that have told of themselves within the last minute or so."""


class Keyring(Protocol):
    """Tokens, and what their owners have spent."""

    def add(self, token: Token) -> None:
        """Keep a new token; ConfigError when a valid one has this name."""

    def find(self, digest: str) -> Token | None:
        """The token whose secret has this digest, valid or not."""

    def tokens(self) -> tuple[Token, ...]:
        """All of them, by name, the newest of a name first."""

    def revoke(self, name: str) -> None:
        """End the token of this name at once; ConfigError when there is none that is valid."""

    def committed(self, owner: str, since: datetime) -> float:
        """Dollars that the owner's runs have cost since then, and may still cost by the budgets of those that are not over. What
        only free proposers work on costs nothing.
        """
