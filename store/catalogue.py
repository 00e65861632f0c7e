"""What lists and pages read: some runs of a list, one run, one candidate, a batch. No query grows with the number of runs that it is not about."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, Engine, Select, func, select
from sqlalchemy.orm import Session

from core.candidate import Candidate, Verdict
from core.errors import ConfigError
from core.listing import AskedLately, BatchSummary, CandidateSummary, Order, RunFilter, RunPage, batch_of
from core.profile import Profile
from core.proposing import ModelCall
from core.queue import ALIVE_SECONDS, Hint, LogEntry, WorkerState
from core.run import OVER, SANDBOX_BROKE, Run, RunStatus, RunSummary
from core.service import LATEST_CALLS
from core.spend import Spend
from store.cursors import ListKey
from store.engine import now_of, reading
from store.escaping import escape
from store.failures import understood
from store.finding import find_run
from store.hints import hints_of
from store.history import CONFIRMATION
from store.loading import candidate_of, run_of
from store.profiles import unpack
from store.queue import WAITS
from store.service_tables import UnableRow, WorkerRow
from store.summaries import candidate_lines, candidate_summary_of, run_lines, summary_of
from store.tables import EvaluationRow, LogRow, ModelCallRow, ProfilesRow, RunRow
from store.transcripts import calls

LAST_CHARACTER = "\U0010ffff"
RECENT = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class SqlCatalogue:
    """Satisfies `core.service.Catalogue`."""

    engine: Engine

    def summary(self, run_id: str) -> RunSummary:
        """A run's line; `run_id` may be the start of an id."""
        with self._reading(run_id) as session:
            found = find_run(session, run_id)
            return summary_of(session.execute(run_lines().where(RunRow.id == found.id)).one())

    def run(self, run_id: str) -> Run:
        """A run as submitted, and its state."""
        with self._reading(run_id) as session:
            return run_of(find_run(session, run_id))

    def page(self, wanted: RunFilter, *, order: Order = Order.NEWEST, after: str = "", limit: int = 50) -> RunPage:
        """Runs from the cursor `after` on; ConfigError for a cursor that is none."""
        key = ListKey(order=order)
        query = run_lines().where(*_conditions(wanted), *key.condition)
        if after:
            query = query.where(key.comes_after(after))
        with self._reading("the list of runs") as session:
            rows = session.execute(query.order_by(*key.descending).limit(limit + 1)).all()
        shown = tuple(summary_of(row) for row in rows[:limit])
        return RunPage(runs=shown, after=key.cursor_of(rows[limit - 1].RunRow) if len(rows) > limit else "")

    def batch(self, name: str, *, owner: str = "") -> BatchSummary:
        """The runs of a batch together."""
        mine = [RunRow.batch == name, *([RunRow.owner == owner] if owner else [])]
        asked = ModelCallRow.run_id.in_(select(RunRow.id).where(*mine))
        with self._reading("the batch") as session:
            counts = session.execute(select(RunRow.status, func.count()).where(*mine).group_by(RunRow.status)).all()
            speedups = session.scalars(select(RunRow.speedup).where(*mine, RunRow.speedup.is_not(None))).all()
            dollars = session.scalars(select(func.coalesce(func.sum(ModelCallRow.dollars), 0)).where(asked)).one()
        if not name or not counts:
            raise ConfigError(f"there is no batch {name!r}{f' of {owner}' if owner else ''}")
        runs = {RunStatus(status): count for status, count in counts}
        return batch_of(name, runs, [float(each) for each in speedups if each is not None], float(dollars))

    def candidates(self, run_id: str, *, after: int = -1, limit: int = 200) -> tuple[CandidateSummary, ...]:
        """The lines of candidates whose number is above `after`."""
        with self._reading(run_id) as session:
            rows = session.execute(candidate_lines(run_id, after=after, limit=limit))
            return tuple(candidate_summary_of(row) for row in rows)

    def candidate(self, run_id: str, number: int) -> Candidate:
        """One candidate with all its samples."""
        with self._reading(run_id) as session:
            found = candidate_of(session, run_id, number)
        if found is None:
            raise ConfigError(f"run {run_id} has no candidate {number}")
        return found

    def winner(self, run_id: str) -> Candidate | None:
        """The run's winner with all its samples."""
        bound = func.coalesce(EvaluationRow.speedup_low, 0.0)
        confirmed = (
            select(EvaluationRow.number)
            .filter_by(run_id=run_id, kind=CONFIRMATION, verdict=Verdict.CONFIRMED.value)
            .order_by(bound.desc(), EvaluationRow.number)
        )
        with self._reading(run_id) as session:
            number = session.scalars(confirmed.limit(1)).first()
            return None if number is None else candidate_of(session, run_id, number)

    def profiles(self, run_id: str, number: int) -> tuple[Profile, ...]:
        """The candidate's profiles, if any."""
        with self._reading(run_id) as session:
            row = session.get(ProfilesRow, (run_id, number))
            return () if row is None else unpack(row.packed)

    def calls(self, run_id: str, number: int) -> tuple[ModelCall, ...]:
        """The questions that were asked for the candidate, in order, with their answers."""
        with self._reading(run_id) as session:
            return tuple(calls(session, ModelCallRow.run_id == run_id, ModelCallRow.candidate == number))

    def entries(self, run_id: str, *, after: int = 0, limit: int = 200) -> tuple[LogEntry, ...]:
        """Entries of the run's log whose number is above `after`, the first of them."""
        return self._entries(run_id, _later(run_id, after).order_by(LogRow.number).limit(limit))

    def last_entries(self, run_id: str, *, after: int = 0, limit: int = 200) -> tuple[LogEntry, ...]:
        """The last of those entries, by number as well."""
        return self._entries(run_id, _later(run_id, after).order_by(LogRow.number.desc()).limit(limit))[::-1]

    def _entries(self, run_id: str, some: Select[LogRow]) -> tuple[LogEntry, ...]:
        with self._reading(run_id) as session:
            return tuple(
                LogEntry(number=row.number, at=row.at, stage=row.stage, message=row.message)
                for row in session.scalars(some)
            )

    def hints(self, run_id: str) -> tuple[Hint, ...]:
        """What people have said to the run's search."""
        with self._reading(run_id) as session:
            return hints_of(session, run_id)

    def counts(self) -> Mapping[RunStatus, int]:
        """How many runs wait and are worked on, and how many ended in the last 24 hours, by status."""
        with self._reading("the queue") as session:
            standing = RunRow.status.in_([RunStatus.QUEUED.value, RunStatus.RUNNING.value])
            ended = _ended_lately(session, *OVER)
            counted = [
                *session.execute(select(RunRow.status, func.count()).where(standing).group_by(RunRow.status)),
                *session.execute(select(RunRow.status, func.count()).where(*ended).group_by(RunRow.status)),
            ]
        found = {RunStatus(status): count for status, count in counted}
        return {status: found.get(status, 0) for status in RunStatus}

    def verdicts_lately(self) -> Mapping[Verdict, int]:
        """How many candidates have which verdict, in the runs that ended in the last 24 hours."""
        with self._reading("the evaluations") as session:
            mine = EvaluationRow.run_id.in_(select(RunRow.id).where(*_ended_lately(session, *OVER)))
            searched = select(EvaluationRow.verdict, func.count()).where(mine, EvaluationRow.kind != CONFIRMATION)
            found = {Verdict(word): count for word, count in session.execute(searched.group_by(EvaluationRow.verdict))}
        return {verdict: found.get(verdict, 0) for verdict in Verdict}

    def broken_sandboxes(self) -> int:
        """How many runs have failed in the last 24 hours because of their sandbox, or wait because machines lack it."""
        with self._reading("the queue") as session:
            broke = RunRow.error.startswith(SANDBOX_BROKE, autoescape=True)
            failed = select(RunRow.id).where(*_ended_lately(session, RunStatus.FAILED), broke)
            left = select(UnableRow.run_id).where(UnableRow.reason.startswith(SANDBOX_BROKE, autoescape=True))
            return session.scalars(select(func.count()).select_from(failed.union(left).subquery())).one()

    def waiting_seconds(self) -> float:
        """How long the run has waited that waits longest."""
        with self._reading("the queue") as session:
            now = now_of(session)
            oldest = session.scalars(select(func.min(RunRow.queued_at)).where(*WAITS)).one()
            return 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())

    def spent_lately(self) -> Spend:
        """Tokens and dollars of all model calls in the last 24 hours."""
        with self._reading("the model calls") as session:
            now = now_of(session)
            return _spent(session, now - RECENT, now + RECENT)

    def asked_lately(self, model: str) -> AskedLately:
        """What those of the latest questions have cost that were this model's."""
        tokens = (ModelCallRow.input_tokens + ModelCallRow.output_tokens).label("tokens")
        columns = (ModelCallRow.run_id, ModelCallRow.candidate, ModelCallRow.model, ModelCallRow.dollars, tokens)
        calls_ = select(*columns).order_by(ModelCallRow.asked_at.desc()).limit(LATEST_CALLS).subquery().c
        sums = (func.sum(calls_.tokens).label("tokens"), func.sum(calls_.dollars).label("dollars"))
        each = select(*sums).where(calls_.model == model).group_by(calls_.run_id, calls_.candidate).subquery().c
        with self._reading("the model calls") as session:
            found = session.execute(select(func.count(), func.sum(each.tokens), func.sum(each.dollars))).one()
        return AskedLately(candidates=found[0], tokens=int(found[1] or 0), dollars=float(found[2] or 0.0))

    def spent_by_day(self, days: int) -> Mapping[date, Spend]:
        """The same for each of the last `days` days of UTC."""
        with self._reading("the model calls") as session:
            midnight = now_of(session).replace(hour=0, minute=0, second=0, microsecond=0)
            begins = [midnight - timedelta(days=back) for back in range(days - 1, -1, -1)]
            return {begin.date(): _spent(session, begin, begin + timedelta(days=1)) for begin in begins}

    def workers(self) -> tuple[WorkerState, ...]:
        """The workers that have told of themselves lately, by name."""
        with self._reading("the workers") as session:
            since = now_of(session) - timedelta(seconds=ALIVE_SECONDS)
            alive = select(WorkerRow).where(WorkerRow.seen_at >= since).order_by(WorkerRow.name)
            return tuple(
                WorkerState(
                    name=row.name,
                    machine=row.machine,
                    release=row.release,
                    started_at=row.started_at,
                    seen_at=row.seen_at,
                    run_id=row.working_on,
                )
                for row in session.scalars(alive)
            )

    @contextmanager
    def _reading(self, what: str) -> Iterator[Session]:
        with understood(self.engine.url, what), reading(self.engine) as session:
            yield session


def _later(run_id: str, after: int) -> Select[LogRow]:
    return select(LogRow).where(LogRow.run_id == run_id, LogRow.number > after)


def _ended_lately(session: Session, *statuses: RunStatus) -> tuple[ColumnElement[bool], ...]:
    since = now_of(session) - RECENT
    return RunRow.status.in_([status.value for status in statuses]), RunRow.ended_at >= since


def _spent(session: Session, since: datetime, until: datetime) -> Spend:
    tokens = ModelCallRow.input_tokens + ModelCallRow.output_tokens
    sums = select(func.coalesce(func.sum(tokens), 0), func.coalesce(func.sum(ModelCallRow.dollars), 0))
    found = session.execute(sums.where(ModelCallRow.asked_at >= since, ModelCallRow.asked_at < until)).one()
    return Spend(tokens=int(found[0]), dollars=float(found[1]))


def _conditions(wanted: RunFilter) -> list[ColumnElement[bool]]:
    """What restricts the list. Most have an index that begins with them and goes on in the order of time, the owner one in that
    of speed as well. Where several restrict it, or the kind or the speedup the order of time, what fits the index is looked through.
    """
    equal = {"kind": wanted.kind and wanted.kind.value, "owner": wanted.owner, "repository": wanted.repository}
    equal["batch"] = wanted.batch
    found = [getattr(RunRow, name) == value for name, value in equal.items() if value]
    if wanted.statuses:
        found.append(RunRow.status.in_([status.value for status in wanted.statuses]))
    if wanted.name:
        start = escape(wanted.name.lower())
        found += [RunRow.name >= start, RunRow.name < start + LAST_CHARACTER]
    if wanted.since is not None:
        found.append(RunRow.created_at >= _in_utc(wanted.since))
    if wanted.until is not None:
        found.append(RunRow.created_at < _in_utc(wanted.until))
    if wanted.min_speedup is not None:
        found.append(RunRow.speedup >= wanted.min_speedup)
    return found


def _in_utc(moment: datetime) -> datetime:
    """ConfigError for a time that has no time zone, or that is before or after all others in UTC."""
    try:
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except OverflowError as error:
        raise ConfigError(f"the time {moment} is out of range; give one between the years 2 and 9998") from error
    raise ConfigError(f"the time {moment} has no time zone; give one, such as {moment}+00:00")
