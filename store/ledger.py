"""A run's model calls: what was asked and answered, so that no answer is paid for twice."""

from dataclasses import dataclass

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from core.proposing import ModelCall
from core.queue import Claim
from core.spend import Spend
from store.claims import writing_as
from store.engine import reading
from store.tables import ModelCallRow
from store.transcripts import calls, record_call


@dataclass(frozen=True, kw_only=True)
class SqlLedger:
    """The calls of one run in the database."""

    engine: Engine
    run_id: str
    claim: Claim | None = None
    """Given: writes are refused once the claim is another's."""

    def recall(self, key: str) -> ModelCall | None:
        """The call stored under `key`, if any."""
        with reading(self.engine) as session:
            return next(calls(session, ModelCallRow.run_id == self.run_id, ModelCallRow.key == key), None)

    def spent(self) -> Spend:
        """Tokens and dollars of all the run's calls."""
        with reading(self.engine) as session:
            return spent_on_calls(session, self.run_id)

    def record(self, call: ModelCall) -> None:
        """Store `call` durably; StoreError when its key is taken."""
        refused = (
            f"the model call {call.key} is refused: run {self.run_id} has one with this key, or there is no such run"
        )
        with writing_as(self.claim, self.engine, refused=refused) as session:
            record_call(session, self.run_id, call)


def spent_on_calls(session: Session, run_id: str) -> Spend:
    """Tokens and dollars of the run's model calls."""
    sums = (func.sum(ModelCallRow.input_tokens + ModelCallRow.output_tokens), func.sum(ModelCallRow.dollars))
    tokens, dollars = session.execute(select(*sums).where(ModelCallRow.run_id == run_id)).one()
    return Spend(tokens=int(tokens or 0), dollars=float(dollars or 0.0))
