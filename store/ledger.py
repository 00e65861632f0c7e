"""A run's model calls: what was asked and answered, so that no answer is paid for twice."""

from dataclasses import dataclass, fields

from sqlalchemy import Engine, func, insert, select
from sqlalchemy.orm import Session

from core.proposing import ModelCall
from core.queue import Claim
from core.spend import Spend
from store.claims import writing_as
from store.engine import reading
from store.tables import ModelCallRow

_FIELDS = tuple(field.name for field in fields(ModelCall))


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
            row = session.get(ModelCallRow, (self.run_id, key))
            return None if row is None else ModelCall(**{name: getattr(row, name) for name in _FIELDS})

    def spent(self) -> Spend:
        """Tokens and dollars of all the run's calls."""
        with reading(self.engine) as session:
            return spent_on_calls(session, self.run_id)

    def record(self, call: ModelCall) -> None:
        """Store `call` durably; StoreError when its key is taken."""
        refused = (
            f"the model call {call.key} is refused: run {self.run_id} has one with this key, or there is no such run"
        )
        values = {name: getattr(call, name) for name in _FIELDS}
        with writing_as(self.claim, self.engine, refused=refused) as session:
            session.execute(insert(ModelCallRow).values(run_id=self.run_id, **values))


def spent_on_calls(session: Session, run_id: str) -> Spend:
    """Tokens and dollars of the run's model calls."""
    sums = (func.sum(ModelCallRow.input_tokens + ModelCallRow.output_tokens), func.sum(ModelCallRow.dollars))
    tokens, dollars = session.execute(select(*sums).where(ModelCallRow.run_id == run_id)).one()
    return Spend(tokens=int(tokens or 0), dollars=float(dollars or 0.0))
