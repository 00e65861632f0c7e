from pathlib import Path

import pytest

from worker.settings import Settings, read_settings
from worker.submit import default_proposers


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


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "OPENAI_BASE_URL", "PERFSMITH_MODEL"])
def test_an_empty_variable_is_as_good_as_none(name: str) -> None:
    assert settings(**{name: ""}) == settings()
