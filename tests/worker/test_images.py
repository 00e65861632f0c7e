"""The base image of the Docker backend is built where it is missing, with a keeper of images that keeps a file."""

from pathlib import Path

import pytest

from core.run import BackendSpec
from tests.fakes.images import Keeper
from worker.backends import TABLE
from worker.images import SOURCE, ensure_base
from worker.settings import Settings, read_settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setitem(TABLE["sandbox"], "docker", f"{Keeper.__module__}:Keeper")
    return read_settings({"PERFSMITH_HOME": str(tmp_path)})


def test_a_base_image_that_is_missing_is_built_once_and_said_to_be(settings: Settings) -> None:
    said: list[str] = []
    for _ in range(2):
        ensure_base(settings, BackendSpec(name="docker", options={}), said.append)
    assert (settings.environments / "perfsmith-base").read_text() == SOURCE
    assert len(said) == 1
    assert f"building it from {SOURCE}" in said[0]


@pytest.mark.parametrize(
    "sandbox",
    [BackendSpec(name="docker", options={"base": "debian:12"}), BackendSpec(name="bubblewrap", options={})],
    ids=["an image of somebody's", "no container"],
)
def test_nothing_is_built_where_it_is_not_ours_or_not_needed(settings: Settings, sandbox: BackendSpec) -> None:
    said: list[str] = []
    ensure_base(settings, sandbox, said.append)
    assert (said, settings.environments.exists()) == ([], False)
