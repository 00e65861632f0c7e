"""Questions to models and their answers: the words, packed, in a table of their own beside what is summed up and listed."""

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import fields

from sqlalchemy import ColumnElement, and_, insert, select
from sqlalchemy.orm import Session

from core.errors import StoreError
from core.proposing import ModelCall
from store.forms import sealed, unsealed
from store.tables import ModelCallRow, TranscriptRow

_WORDS = ("prompt", "answer")
_OTHERS = tuple(field.name for field in fields(ModelCall) if field.name not in _WORDS)


def record_call(session: Session, run_id: str, call: ModelCall) -> None:
    """Insert the call."""
    values = {name: getattr(call, name) for name in _OTHERS}
    session.execute(insert(ModelCallRow).values(run_id=run_id, **values))
    packed = pack(call.prompt, call.answer)
    session.execute(insert(TranscriptRow).values(run_id=run_id, key=call.key, packed=packed))


def pack(prompt: str, answer: str) -> bytes:
    """The words as bytes."""
    form = sealed("transcript", {"prompt": prompt, "answer": answer})
    return zlib.compress(json.dumps(form, separators=(",", ":")).encode())


def calls(session: Session, *conditions: ColumnElement[bool]) -> Iterator[ModelCall]:
    """The calls that fit, in the order in which they were asked."""
    same = and_(TranscriptRow.run_id == ModelCallRow.run_id, TranscriptRow.key == ModelCallRow.key)
    wanted = select(ModelCallRow, TranscriptRow.packed).outerjoin(TranscriptRow, same).where(*conditions)
    for row, packed in session.execute(wanted.order_by(ModelCallRow.asked_at)):
        values = {name: getattr(row, name) for name in (*_OTHERS, *_WORDS)}
        yield ModelCall(**(values if packed is None else {**values, **unpack(packed)}))


def unpack(packed: bytes) -> Mapping[str, str]:
    """Prompt and answer; StoreError when it holds something else."""
    found = unsealed("transcript", json.loads(zlib.decompress(packed)))
    if (
        not isinstance(found, dict)
        or set(found) != set(_WORDS)
        or not all(isinstance(each, str) for each in found.values())
    ):
        raise StoreError("a stored transcript holds no prompt and answer")
    return found
