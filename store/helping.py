"""Several machines on one run: who helps, and who evaluates which candidate."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, Select, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from core.candidate import CANARY, Candidate, Decision, Evaluation
from core.errors import LostClaimError
from core.progress import SEARCH
from core.queue import Claim, Helper, Wish
from core.run import RunStatus
from store.claims import writing_as
from store.engine import now_of, reading, writing
from store.history import SEARCH as IN_SEARCH
from store.history import add_evaluation
from store.loading import candidate_of
from store.queue import offered_to
from store.service_tables import HelperRow, TakeRow
from store.tables import CandidateRow, EvaluationRow, RunRow
from store.unable import rests_from

_SEARCHING = (
    RunRow.status == RunStatus.RUNNING.value,
    RunRow.queued_at.is_not(None),
    RunRow.claimed_by != "",
    RunRow.stage == SEARCH,
    ~RunRow.cancel_asked,
)
"""A worker holds the run, and wants nothing but verdicts now."""


@dataclass(frozen=True, kw_only=True)
class SqlHelping:
    """Help for the searches in the database. All times are the database's."""

    engine: Engine

    def assist(self, worker: str, *, machine: str, lease_seconds: float, but: Collection[str] = ()) -> Helper | None:
        """The right to help a search that another machine holds and that may have one more, the oldest first; None when
        there is none, and when a run waits for a worker. `but` are runs that this worker can't help.
        """
        with reading(self.engine) as session:  # most of the time there is none, and nobody has to wait for that
            now = now_of(session)
            if _a_run_waits(session, machine) or session.scalars(_wanting(machine, but, now).limit(1)).first() is None:
                return None
        with writing(self.engine, refused="no run can be helped") as session:
            row = session.scalars(_wanting(machine, but, now).limit(1).with_for_update(skip_locked=True)).one_or_none()
            if (
                row is None
                or session.scalars(_wanting(machine, but, now).where(RunRow.id == row.id)).one_or_none() is None
            ):
                return None
            _forget_silent(session, row.id)
            until = now_of(session) + timedelta(seconds=lease_seconds)
            session.add(HelperRow(run_id=row.id, worker=worker, machine=machine, lease_until=until))
            return Helper(run_id=row.id, worker=worker)

    def renew(self, helper: Helper, *, lease_seconds: float) -> Wish:
        """Hold the right for longer, and learn what is wanted of the helper: one that is not ready yet makes room for a run
        that waits.
        """
        with writing(self.engine, refused=f"the help for run {helper.run_id} can't be held") as session:
            row = _row(session, helper)
            if row is None:
                return Wish.LOST
            row.lease_until = now_of(session) + timedelta(seconds=lease_seconds)
            is_wanted = _is_searching(session, helper.run_id) and (
                row.is_ready or not _a_run_waits(session, row.machine)
            )
            return Wish.WANTED if is_wanted else Wish.OVER

    def leave(self, helper: Helper) -> None:
        """Help no more: what the helper has taken is everybody's again."""
        with writing(self.engine, refused=f"the help for run {helper.run_id} can't be ended") as session:
            _lock(session, helper.run_id)
            for table in (HelperRow, TakeRow):
                session.execute(delete(table).filter_by(run_id=helper.run_id, worker=helper.worker))

    def prepared(self, helper: Helper) -> None:
        """The helper is ready: from now on the search proposes for it, too."""
        with writing(self.engine, refused=f"the help for run {helper.run_id} can't be begun") as session:
            _require(session, helper).is_ready = True

    def is_wanted(self, helper: Helper) -> bool:
        """Whether to go on helping: the search does, and no run waits for a worker."""
        with reading(self.engine) as session:
            row = _require(session, helper)
            return _is_searching(session, helper.run_id) and not _a_run_waits(session, row.machine)

    def next(self, helper: Helper) -> Candidate | None:
        """A candidate for the helper to evaluate, taken; None when the others have taken all there are."""
        with reading(self.engine) as session:
            _require(session, helper)
            if session.scalars(_open(helper.run_id, helper.worker, now_of(session)).limit(1)).first() is None:
                return None
        with writing(self.engine, refused=f"no candidate of run {helper.run_id} can be taken") as session:
            _require_search(session, helper)
            number = session.scalars(_open(helper.run_id, helper.worker, now_of(session)).limit(1)).first()
            if number is None:
                return None
            session.merge(TakeRow(run_id=helper.run_id, number=number, worker=helper.worker))
            return candidate_of(session, helper.run_id, number)

    def decide(self, helper: Helper, number: int, evaluation: Evaluation, decision: Decision) -> None:
        """What the helper saw of a candidate that it has taken, and the verdict; LostClaimError when it is another's by now, or
        the search is over.
        """
        refused = f"candidate {number} of run {helper.run_id} is refused: it is stored already"
        with writing(self.engine, refused=refused) as session:
            _require_search(session, helper)
            take = session.get(TakeRow, (helper.run_id, number))
            if take is None or take.worker != helper.worker:
                raise LostClaimError(f"candidate {number} of run {helper.run_id} is not {helper.worker}'s any more")
            add_evaluation(session, helper.run_id, number, evaluation, decision, kind=IN_SEARCH)

    def ready(self, run_id: str) -> int:
        """How many helpers of the run are ready."""
        with reading(self.engine) as session:
            ready = select(func.count()).where(HelperRow.run_id == run_id, HelperRow.is_ready)
            return session.scalars(ready.where(HelperRow.lease_until > now_of(session))).one()

    def take(self, claim: Claim, number: int) -> bool:
        """Whether the run's holder is the one to evaluate the candidate: no helper has taken or decided it. LostClaimError
        when it would be, but the run is another's.
        """
        if not self._is_open(claim, number):  # most of the time, and nobody has to wait for that
            return False
        refused = f"candidate {number} of run {claim.run_id} can't be taken"
        with writing_as(claim, self.engine, refused=refused) as session:
            is_open = session.scalars(_open_one(session, claim, number)).one_or_none() is not None
            if is_open:
                session.merge(TakeRow(run_id=claim.run_id, number=number, worker=claim.worker))
            return is_open

    def _is_open(self, claim: Claim, number: int) -> bool:
        with reading(self.engine) as session:
            return session.scalars(_open_one(session, claim, number)).one_or_none() is not None

    def finished(self, run_id: str, numbers: Collection[int]) -> tuple[Candidate, ...]:
        """Those of the candidates that have a verdict, whole."""
        decided = select(EvaluationRow.number).where(
            EvaluationRow.run_id == run_id, EvaluationRow.kind == IN_SEARCH, EvaluationRow.number.in_(numbers)
        )
        with reading(self.engine) as session:
            found = session.scalars(decided.order_by(EvaluationRow.number)).all()
            candidates = (candidate_of(session, run_id, number) for number in found)
            return tuple(candidate for candidate in candidates if candidate is not None)


def _a_run_waits(session: Session, machine: str) -> bool:
    """Whether a worker of the machine could take one up."""
    return session.scalars(select(exists().where(*offered_to(machine, now_of(session))))).one()


def _wanting(machine: str, but: Collection[str], now: datetime) -> Select[RunRow]:
    """Searches on other machines that may have one more on this one, and that it is not known to be unable to work on, the
    oldest first.
    """
    alive = (HelperRow.run_id == RunRow.id, HelperRow.lease_until >= now)
    count = select(func.count()).where(*alive).scalar_subquery()
    room = (RunRow.machines > 1, RunRow.machine != machine, count + 1 < RunRow.machines, ~rests_from(machine, now))
    own = exists().where(*alive, HelperRow.machine == machine)
    wanting = select(RunRow).where(*_SEARCHING, RunRow.lease_until >= now, *room, ~own, RunRow.id.not_in(but))
    return wanting.order_by(RunRow.started_at, RunRow.id)


def _is_searching(session: Session, run_id: str) -> bool:
    return session.scalars(select(exists().where(RunRow.id == run_id, *_SEARCHING))).one()


def _forget_silent(session: Session, run_id: str) -> None:
    silent = (HelperRow.run_id == run_id, HelperRow.lease_until < now_of(session))
    session.execute(delete(HelperRow).where(*silent))


def _row(session: Session, helper: Helper) -> HelperRow | None:
    return session.get(HelperRow, (helper.run_id, helper.worker))


def _require(session: Session, helper: Helper) -> HelperRow:
    row = _row(session, helper)
    if row is None:
        raise LostClaimError(f"{helper.worker} does not help run {helper.run_id} any more")
    return row


def _lock(session: Session, run_id: str) -> None:
    """Nobody else takes or gives back candidates of the run until the end."""
    session.execute(select(RunRow.id).where(RunRow.id == run_id).with_for_update())


def _require_search(session: Session, helper: Helper) -> None:
    """LostClaimError unless the helper's run is in its search. It stays so until the end."""
    _lock(session, helper.run_id)
    _require(session, helper)
    if not _is_searching(session, helper.run_id):
        raise LostClaimError(f"the search of run {helper.run_id} is over")


def _open(run_id: str, worker: str, now: datetime) -> Select[int]:
    """Numbers of the candidates that the worker may evaluate: without a verdict, neither baseline nor canary, and not taken by
    anybody else who holds the run or helps it.
    """
    same = (TakeRow.run_id == CandidateRow.run_id, TakeRow.number == CandidateRow.number)
    holder = select(RunRow.claimed_by).where(RunRow.id == run_id).scalar_subquery()
    alive = select(HelperRow.worker).where(HelperRow.run_id == run_id, HelperRow.lease_until >= now)
    taken = exists().where(*same, TakeRow.worker != worker, or_(TakeRow.worker == holder, TakeRow.worker.in_(alive)))
    decided = exists().where(
        EvaluationRow.run_id == CandidateRow.run_id,
        EvaluationRow.number == CandidateRow.number,
        EvaluationRow.kind == IN_SEARCH,
    )
    tried = (CandidateRow.run_id == run_id, CandidateRow.parent.is_not(None), CandidateRow.proposer != CANARY)
    return select(CandidateRow.number).where(*tried, ~decided, ~taken).order_by(CandidateRow.number)


def _open_one(session: Session, claim: Claim, number: int) -> Select[int]:
    """The number, where the holder of the claim may evaluate that candidate."""
    return _open(claim.run_id, claim.worker, now_of(session)).where(CandidateRow.number == number)
