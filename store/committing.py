"""What an owner's runs have cost and may still cost: read alone, or held while a run is recorded."""

from datetime import datetime

from sqlalchemy import func, select, union
from sqlalchemy.orm import Session

from core.allowance import DAY, Allowance, may_cost
from core.run import Run, RunStatus
from core.spend import Budget
from store.engine import hold, now_of
from store.forms import backends_of, budget_of
from store.ledger import spent_on_calls
from store.tables import ModelCallRow, RunRow


def committed(session: Session, owner: str, since: datetime) -> float:
    """Dollars that the owner's runs have cost since then, and may still cost."""
    standing = (RunRow.owner == owner, RunRow.status.in_([RunStatus.QUEUED.value, RunStatus.RUNNING.value]))
    ended = (RunRow.owner == owner, RunRow.ended_at >= since)
    lately = union(select(RunRow.id).where(*standing), select(RunRow.id).where(*ended))  # others can't have asked
    asked = (ModelCallRow.run_id.in_(lately), ModelCallRow.asked_at >= since)
    spent = select(func.coalesce(func.sum(ModelCallRow.dollars), 0)).where(*asked)
    cost = select(func.coalesce(func.sum(ModelCallRow.dollars), 0)).where(ModelCallRow.run_id == RunRow.id)
    promised = select(RunRow.budget, RunRow.backends, cost.scalar_subquery()).where(*standing)
    left = sum(
        max(0.0, (budget_of(budget).dollars or 0.0) - float(used))
        for budget, backends, used in session.execute(promised)
        if may_cost(backends_of(backends).proposers)
    )
    return float(session.scalars(spent).one()) + left


def bound(session: Session, run: Run, owner: str, dollars_per_day: float | None) -> Budget:
    """The run's budget within what the owner's last DAY leaves; AllowanceError when it asks for more. It counts what the run has
    spent already. Nobody else takes what is left before the session ends.
    """
    if dollars_per_day is None or not may_cost(run.backends.proposers):
        return run.budget
    hold(session, f"allowance of {owner}")
    spent = spent_on_calls(session, run.id).dollars
    spoken_for = committed(session, owner, now_of(session) - DAY)
    return Allowance(owner=owner, dollars_per_day=dollars_per_day, committed=spoken_for).bound(run.budget, spent=spent)
