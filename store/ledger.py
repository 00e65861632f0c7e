"""A run's model calls: what was asked and answered, so that no answer is paid for twice."""

from dataclasses import dataclass, fields

from sqlalchemy import Engine, insert

from core.proposing import ModelCall
from store.engine import reading, writing
from store.tables import ModelCallRow

_FIELDS = tuple(field.name for field in fields(ModelCall))


@dataclass(frozen=True, kw_only=True)
class SqlLedger:
    """The calls of one run in the database."""

    engine: Engine
    run_id: str

    def recall(self, key: str) -> ModelCall | None:
        """The call stored under `key`, if any."""
        with reading(self.engine) as session:
            row = session.get(ModelCallRow, (self.run_id, key))
            return None if row is None else ModelCall(**{name: getattr(row, name) for name in _FIELDS})

    def record(self, call: ModelCall) -> None:
        """Store `call` durably; StoreError when its key is taken."""
        refused = (
            f"the model call {call.key} is refused: run {self.run_id} has one with this key, or there is no such run"
        )
        values = {name: getattr(call, name) for name in _FIELDS}
        with writing(self.engine, refused=refused) as session:
            session.execute(insert(ModelCallRow).values(run_id=self.run_id, **values))
