"""The web UI over a real store: its pages by themselves."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from api.service import Service
from store.sql import SqlStore
from store.upgrade import upgrade
from webui.desk import serve_from
from webui.mounting import ENTRY
from worker.settings import Settings, read_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"PERFSMITH_HOME": str(tmp_path / "home"), "PERFSMITH_URL_SCHEMES": "https,file"})


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the tables and nothing in them: to make them takes longer than to look at a page."""
    path = tmp_path_factory.mktemp("empty") / "perfsmith.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def store(settings: Settings, empty: Path) -> Iterator[SqlStore]:
    settings.home.mkdir()
    shutil.copy(empty, settings.home / "perfsmith.db")
    with SqlStore.open(settings.database_url) as opened:
        yield opened


@pytest.fixture
def nudged() -> list[str]:
    return []


@pytest.fixture
def service(settings: Settings, store: SqlStore, nudged: list[str]) -> Service:
    return Service(settings=settings, store=store, nudge=nudged.extend, is_open=True)


Opener = Callable[..., AppTest]


@pytest.fixture
def open_page(service: Service) -> Opener:
    """Opens a page as a browser would that follows a link to it."""

    def open_it(name: str, /, *, is_open: bool = True, **query: str) -> AppTest:
        serve_from(replace(service, is_open=is_open))
        page = AppTest.from_file(str(ENTRY), default_timeout=60)
        page.query_params.update(query)
        page.run()
        if is_open and name != "runs":
            page.switch_page(f"screens/{name}.py")
            page.query_params.update(query)
            page.run()
        return page

    return open_it


def words_of(page: AppTest) -> str:
    """Everything that the page says, apart from tables and charts."""
    assert not page.exception
    kinds = ("title", "header", "subheader", "markdown", "caption", "info", "error", "warning", "success", "code")
    said = [getattr(element, "value", "") for kind in kinds for element in page.get(kind)]
    return "\n".join([*map(str, said), *(f"{each.label} {each.value}" for each in page.metric)])


def labels(page: AppTest, kind: str) -> list[str]:
    """What is written on the elements of one kind."""
    return [getattr(element, "label", "") for element in page.get(kind)]
