"""Whatever is stored comes back equal."""

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import ConfigError
from core.proposing import ModelCall
from core.run import Backends, BackendSpec, Record
from store.escaping import escape, seal, unescape, unseal
from store.sql import SqlStore
from tests.fakes.remembering import remember
from tests.store.conftest import hasty
from tests.store.facts import CALLS, JSON, TEXTS, a_run, records

SERIAL = count()
QUIET = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, empty: Path) -> Iterator[SqlStore]:
    path = tmp_path_factory.mktemp("kept") / "perfsmith.db"
    path.write_bytes(empty.read_bytes())
    with hasty(f"sqlite:///{path}") as opened:
        yield opened


@QUIET
@given(record=records())
def test_any_run_comes_back_equal(kept: SqlStore, record: Record) -> None:
    run = replace(record.run, id=f"{next(SERIAL)} {record.run.id}")
    remember(kept, replace(record, run=run))
    assert kept.load(run.id) == replace(record, run=run)


@QUIET
@given(call=CALLS)
def test_any_model_call_comes_back_equal(kept: SqlStore, call: ModelCall) -> None:
    run_id = str(next(SERIAL))
    kept.create(a_run(run_id))
    kept.ledger(run_id).record(call)
    assert kept.ledger(run_id).recall(call.key) == call


@given(TEXTS)
def test_escaped_text_is_text_that_postgresql_takes(text: str) -> None:
    assert "\x00" not in escape(text)
    assert escape(text).encode().decode() == escape(text)
    assert unescape(escape(text)) == text


def test_ordinary_text_is_stored_as_it_is() -> None:
    assert escape("- if x in [1, 2]:\n+ é\\n") == "- if x in [1, 2]:\n+ é\\n"


@given(JSON)
def test_sealed_json_is_strict_and_opens_again(value: object) -> None:
    assert unseal(seal(value)) == value


@given(st.sampled_from([math.inf, -math.inf, math.nan]))
def test_a_number_that_json_does_not_know_is_not_mistaken_for_its_name(number: float) -> None:
    assert repr(unseal(seal([number, str(number), seal(number)]))) == repr([number, str(number), seal(number)])


@pytest.mark.parametrize("value", [b"bytes", {1: "number"}, {"x"}])
def test_an_option_that_is_no_json_is_refused_by_its_value(sql: SqlStore, value: object) -> None:
    backend = BackendSpec(name="local", options={"odd": value})
    backends = Backends(sandbox=backend, strategy=backend, proposers=(), profilers=())
    with pytest.raises(ConfigError, match="can't be stored"):
        sql.create(replace(a_run(), backends=backends))
