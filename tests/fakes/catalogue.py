"""What lists and pages read, from memory."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from core.candidate import MINIMISER, Candidate, Verdict
from core.errors import ConfigError
from core.listing import AskedLately, BatchSummary, CandidateSummary, Order, RunFilter, RunPage, batch_of
from core.problem import title_of
from core.profile import Profile
from core.proposing import ModelCall
from core.queue import Hint, LogEntry, WorkerState
from core.run import OVER, SANDBOX_BROKE, Record, Run, RunStatus, RunSummary
from core.service import LATEST_CALLS
from core.spend import Spend
from tests.fakes.history import MemoryHistory, MemoryLedger
from tests.fakes.queue import Place


@dataclass(kw_only=True)
class MemoryCatalogue:
    """The runs of a store, read again for each answer."""

    runs: Mapping[str, Run]
    places: Mapping[str, Place]
    workers_by_name: Mapping[str, WorkerState]
    histories: Mapping[str, MemoryHistory]
    ledgers: Mapping[str, MemoryLedger]
    load: Callable[[str], Record]

    def summary(self, run_id: str) -> RunSummary:
        """A run's line; `run_id` may be the start of an id."""
        record = self.load(run_id)
        return summary_of(record, self.places[record.run.id])

    def run(self, run_id: str) -> Run:
        """A run as submitted, and its state."""
        return self.load(run_id).run

    def page(self, wanted: RunFilter, *, order: Order = Order.NEWEST, after: str = "", limit: int = 50) -> RunPage:
        """Runs from the cursor `after` on, which is the last run that was shown."""
        lines = [self.summary(run_id) for run_id in self.runs]
        found = [line for line in lines if _fits(line, wanted) and (order is Order.NEWEST or line.speedup)]
        found.sort(key=lambda line: _key(line, order), reverse=True)
        if after:
            last, _, of = after.partition(" ")
            if last not in self.runs or of != order:
                raise ConfigError(f"{after!r} is no cursor of this list")
            found = [line for line in found if _key(line, order) < _key(self.summary(last), order)]
        return RunPage(runs=tuple(found[:limit]), after=f"{found[limit - 1].id} {order}" if len(found) > limit else "")

    def batch(self, name: str, *, owner: str = "") -> BatchSummary:
        """The runs of a batch together."""
        runs = self.page(RunFilter(batch=name, owner=owner), limit=len(self.runs)).runs if name else ()
        if not runs:
            raise ConfigError(f"there is no batch {name!r}")
        confirmed = [line.speedup.estimate for line in runs if line.speedup]
        return batch_of(name, Counter(line.status for line in runs), confirmed, sum(line.dollars for line in runs))

    def candidates(self, run_id: str, *, after: int = -1, limit: int = 200) -> tuple[CandidateSummary, ...]:
        """The lines of candidates whose number is above `after`."""
        return tuple(_line_of(each) for each in self._candidates(run_id) if each.number > after)[:limit]

    def candidate(self, run_id: str, number: int) -> Candidate:
        """One candidate with all its samples."""
        for candidate in self._candidates(run_id):
            if candidate.number == number:
                return candidate
        raise ConfigError(f"run {run_id} has no candidate {number}")

    def winner(self, run_id: str) -> Candidate | None:
        """The run's winner with all its samples."""
        return self.load(run_id).winner if run_id in self.runs else None

    def profiles(self, run_id: str, number: int) -> tuple[Profile, ...]:
        """The candidate's profiles, if any."""
        return self.histories[run_id].profiles.get(number, ()) if run_id in self.runs else ()

    def calls(self, run_id: str, number: int) -> tuple[ModelCall, ...]:
        """The questions that were asked for the candidate, in order, with their answers."""
        calls = self.ledgers[run_id].calls.values() if run_id in self.runs else ()
        return tuple(sorted((call for call in calls if call.candidate == number), key=lambda call: call.asked_at))

    def entries(self, run_id: str, *, after: int = 0, limit: int = 200) -> tuple[LogEntry, ...]:
        """Entries of the run's log whose number is above `after`, the first of them."""
        return self._later(run_id, after)[:limit]

    def last_entries(self, run_id: str, *, after: int = 0, limit: int = 200) -> tuple[LogEntry, ...]:
        """The last of those entries, by number as well."""
        return self._later(run_id, after)[-limit:]

    def _later(self, run_id: str, after: int) -> tuple[LogEntry, ...]:
        log = self.places[run_id].log if run_id in self.runs else []
        return tuple(entry for entry in log if entry.number > after)

    def hints(self, run_id: str) -> tuple[Hint, ...]:
        """What people have said to the run's search."""
        return self.histories[run_id].hints() if run_id in self.runs else ()

    def counts(self) -> Mapping[RunStatus, int]:
        """How many runs wait and are worked on, and how many ended in the last 24 hours, by status."""
        since = datetime.now(UTC) - timedelta(hours=24)
        counted = Counter(run.status for run_id, run in self.runs.items() if self._stands(run_id, since))
        return {status: counted[status] for status in RunStatus}

    def verdicts_lately(self) -> Mapping[Verdict, int]:
        """How many candidates have which verdict, in the runs that ended in the last 24 hours."""
        since = datetime.now(UTC) - timedelta(hours=24)
        ended = [run_id for run_id, run in self.runs.items() if run.status in OVER and self._stands(run_id, since)]
        decided = [each.decision for run_id in ended for each in self._candidates(run_id) if each.decision]
        counted = Counter(decision.verdict for decision in decided)
        return {verdict: counted[verdict] for verdict in Verdict}

    def broken_sandboxes(self) -> int:
        """How many runs have failed in the last 24 hours because of their sandbox, or wait because machines lack it."""
        since = datetime.now(UTC) - timedelta(hours=24)
        failed = [
            run for run_id, run in self.runs.items() if run.status is RunStatus.FAILED and self._stands(run_id, since)
        ]
        unable = [[each.reason for each in place.unable.values()] for place in self.places.values()]
        reasons = [[run.error] for run in failed] + unable
        return sum(any(reason.startswith(SANDBOX_BROKE) for reason in of_one) for of_one in reasons)

    def waiting_seconds(self) -> float:
        """How long the run has waited that waits longest."""
        now = datetime.now(UTC)
        waiting = [self.places[run.id].queued_at for run in self.runs.values() if run.status is RunStatus.QUEUED]
        return max(((now - moment).total_seconds() for moment in waiting if moment), default=0.0)

    def spent_lately(self) -> Spend:
        """Tokens and dollars of all model calls in the last 24 hours."""
        now = datetime.now(UTC)
        return self._spent(now - timedelta(hours=24), now + timedelta(hours=24))

    def asked_lately(self, model: str) -> AskedLately:
        """What those of the latest questions have cost that were this model's."""
        everything = [(run_id, call) for run_id in self.runs for call in self.ledgers[run_id].calls.values()]
        latest = sorted(everything, key=lambda found: found[1].asked_at, reverse=True)[:LATEST_CALLS]
        mine = [(run_id, call) for run_id, call in latest if call.model == model]
        return AskedLately(
            candidates=len({(run_id, call.candidate) for run_id, call in mine}),
            tokens=sum(call.input_tokens + call.output_tokens for _, call in mine),
            dollars=sum(call.dollars for _, call in mine),
        )

    def spent_by_day(self, days: int) -> Mapping[date, Spend]:
        """The same for each of the last `days` days of UTC."""
        midnight = datetime.combine(datetime.now(UTC).date(), time(), UTC)
        begins = [midnight - timedelta(days=back) for back in range(days - 1, -1, -1)]
        return {begin.date(): self._spent(begin, begin + timedelta(days=1)) for begin in begins}

    def workers(self) -> tuple[WorkerState, ...]:
        """The workers that have told of themselves lately, by name."""
        return tuple(sorted(self.workers_by_name.values(), key=lambda worker: worker.name))

    def _spent(self, since: datetime, until: datetime) -> Spend:
        calls = [call for kept in self.ledgers.values() for call in kept.calls.values()]
        found = [call for call in calls if since <= call.asked_at < until]
        tokens = sum(call.input_tokens + call.output_tokens for call in found)
        return Spend(tokens=tokens, dollars=sum(call.dollars for call in found))

    def _candidates(self, run_id: str) -> tuple[Candidate, ...]:
        return self.load(run_id).candidates if run_id in self.runs else ()

    def _stands(self, run_id: str, since: datetime) -> bool:
        ended = self.places[run_id].ended_at
        return self.runs[run_id].status not in OVER or (ended is not None and ended >= since)


def summary_of(record: Record, place: Place) -> RunSummary:
    """The line of a run that stands at `place`."""
    tried = [c for c in record.candidates if c.parent is not None and c.proposal.proposer != MINIMISER]
    return RunSummary(
        id=record.run.id,
        kind=record.run.kind,
        status=record.run.status,
        repository=record.run.problem.repository,
        created_at=record.run.created_at,
        candidates=len(tried),
        speedup=record.winner.speedup if record.winner else None,
        objective=record.run.problem.objective,
        revision=record.run.problem.revision,
        owner=place.ticket.owner,
        batch=place.ticket.batch,
        error=record.run.error,
        stopped_by=record.run.stopped_by,
        stage=place.stage,
        progress=place.progress,
        tokens=record.asked.tokens,
        dollars=record.asked.dollars,
        machine=place.machine,
        is_imported=False,
        waits=place.queued_at is not None,
        started_at=place.started_at,
        ended_at=place.ended_at,
    )


def _line_of(candidate: Candidate) -> CandidateSummary:
    return CandidateSummary(
        number=candidate.number,
        parent=candidate.parent,
        proposer=candidate.proposal.proposer,
        direction=candidate.proposal.direction,
        verdict=candidate.verdict,
        reason=candidate.final.reason if candidate.final else "",
        speedup=candidate.speedup,
        spend=candidate.spend,
    )


def _key(line: RunSummary, order: Order) -> tuple[Any, str]:
    return (line.created_at if order is Order.NEWEST else line.speedup and line.speedup.estimate), line.id


def _fits(line: RunSummary, wanted: RunFilter) -> bool:
    return (
        (not wanted.statuses or line.status in wanted.statuses)
        and wanted.kind in {None, line.kind}
        and wanted.owner in {"", line.owner}
        and wanted.repository in {"", line.repository}
        and wanted.batch in {"", line.batch}
        and title_of(line.repository).lower().startswith(wanted.name.lower())
        and (wanted.since is None or line.created_at >= wanted.since)
        and (wanted.until is None or line.created_at < wanted.until)
        and (wanted.min_speedup is None or (line.speedup is not None and line.speedup.estimate >= wanted.min_speedup))
    )
