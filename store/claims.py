"""Who may write about a run: whoever holds it, and nobody who held it before."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.errors import LostClaimError
from core.queue import Claim
from store.engine import writing
from store.tables import RunRow


@contextmanager
def writing_as(claim: Claim | None, engine: Engine, *, refused: str) -> Iterator[Session]:
    """As `writing`, for the holder of `claim`: LostClaimError when the run is another's by now. The row stays locked until
    the end, so that nobody takes the run over in between.
    """
    with writing(engine, refused=refused) as session:
        if claim is not None:
            require(session, claim)
        yield session


def require(session: Session, claim: Claim) -> None:
    """LostClaimError unless the claim holds."""
    held = select(RunRow.claimed_by).where(RunRow.id == claim.run_id).with_for_update()
    holder = session.scalars(held).one_or_none()
    if holder != claim.worker:
        owner = f"{holder} has it now" if holder else "it is nobody's now"
        raise LostClaimError(f"run {claim.run_id} is not {claim.worker}'s any more: {owner}")
