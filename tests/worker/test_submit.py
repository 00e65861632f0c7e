from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigError
from core.run import BackendSpec
from core.spend import Budget
from tests.story.conftest import make_repository
from worker.problem.settings import NO_FLAGS
from worker.settings import ModelPrice, Settings, read_settings
from worker.submit import Request, default_proposers, prepare


def settings(**environment: str) -> Settings:
    return read_settings({"PERFSMITH_HOME": "/somewhere", **environment})


def test_without_a_key_the_rules_come_first_and_then_the_local_model() -> None:
    assert [spec.name for spec in default_proposers(settings())] == ["rules", "local"]


def test_with_a_key_the_endpoint_is_asked() -> None:
    assert [spec.name for spec in default_proposers(settings(OPENAI_API_KEY="k"))] == ["openai"]


def test_the_home_holds_everything_unless_told_otherwise() -> None:
    found = settings()
    assert found.database_url == "sqlite:////somewhere/perfsmith.db"
    assert found.workspace("abc") == Path("/somewhere/runs/abc")
    assert settings(PERFSMITH_DATABASE_URL="postgresql://x/y").database_url == "postgresql://x/y"


def test_the_key_is_never_shown() -> None:
    assert "secret" not in repr(settings(OPENAI_API_KEY="secret"))


@pytest.mark.parametrize(
    "name", ["OPENAI_API_KEY", "OPENAI_BASE_URL", "PERFSMITH_MODEL", "PERFSMITH_MODEL_INPUT_PRICE"]
)
def test_an_empty_variable_is_as_good_as_none(name: str) -> None:
    assert settings(**{name: ""}) == settings()


OWN = {
    "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
    "PERFSMITH_MODEL": "ours",
    "PERFSMITH_MODEL_INPUT_PRICE": "0.25",
    "PERFSMITH_MODEL_OUTPUT_PRICE": "2",
}
PRICES = {"input_dollars_per_million": 0.25, "output_dollars_per_million": 2.0}


def proposer_of(folder: Path, environment: dict[str, str], *, repository: str = "", **options: object) -> BackendSpec:
    """The only proposer of a run with a limit of dollars."""
    if not repository:
        make_repository(folder / "tiny")
    request = Request(
        repository=repository or str(folder / "tiny"),
        flags=NO_FLAGS,
        sandbox=BackendSpec(name="bubblewrap", options={}),
        strategy=BackendSpec(name="greedy", options={}),
        proposers=(BackendSpec(name="openai", options=options),),
        budget=Budget(dollars=1.0),
    )
    found = read_settings({"PERFSMITH_HOME": str(folder / "home"), **environment})
    [spec] = prepare(request, "3fa4", found.workspace("3fa4"), found).backends.proposers
    return spec


def test_the_price_of_the_deployments_own_model_is_that_of_the_deployment(tmp_path: Path) -> None:
    assert proposer_of(tmp_path, OWN).options == {"model": "ours", "base_url": OWN["OPENAI_BASE_URL"], **PRICES}


def test_prices_of_a_request_come_before_those_of_the_deployment(tmp_path: Path) -> None:
    own: dict[str, Any] = {"input_dollars_per_million": 1.0, "output_dollars_per_million": 3.0}
    assert proposer_of(tmp_path, OWN, **own).options.items() >= own.items()


@pytest.mark.parametrize("options", [{"model": "another"}, {"base_url": "http://127.0.0.1:8/v1"}])
def test_where_dollars_are_limited_a_model_without_a_price_is_refused_before_anything_is_fetched(
    tmp_path: Path, options: dict[str, object]
) -> None:
    with pytest.raises(ConfigError, match=r"price of the model '\w+' is not known: set PERFSMITH_MODEL_INPUT_PRICE"):
        proposer_of(tmp_path, OWN, repository="https://example.invalid/never-fetched.git", **options)


def test_a_price_is_two_numbers() -> None:
    assert settings(**OWN).model_price == ModelPrice(input_dollars=0.25, output_dollars=2.0)
    with pytest.raises(ConfigError, match="set both PERFSMITH_MODEL_INPUT_PRICE and PERFSMITH_MODEL_OUTPUT_PRICE"):
        settings(PERFSMITH_MODEL_INPUT_PRICE="1")
    with pytest.raises(
        ConfigError, match="PERFSMITH_MODEL_INPUT_PRICE is '-1'; it must be dollars for a million tokens"
    ):
        settings(PERFSMITH_MODEL_INPUT_PRICE="-1", PERFSMITH_MODEL_OUTPUT_PRICE="1")
