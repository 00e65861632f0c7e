"""The web UI over a real store: its pages by themselves, and a browser that looks at them."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from streamlit.testing.v1 import AppTest

from api.service import Service
from tests.api.conftest import nudged, repository, service, settings, store
from tests.fakes.example import make_example
from tests.webui.browsing import a_browser
from webui.desk import serve_from
from webui.mounting import ENTRY

__all__ = ["nudged", "repository", "service", "settings", "store"]  # the fixtures of the API are those of the pages
Opener = Callable[..., AppTest]


@pytest.fixture
def open_page(service: Service, monkeypatch: pytest.MonkeyPatch) -> Opener:
    """Opens a page as a browser would that follows a link to it."""
    # Streamlit puts the page there and leaves it, which other tests' processes would begin with.
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])

    def open_it(name: str, /, *, is_open: bool = True, served: Service = service, **query: str) -> AppTest:
        serve_from(replace(served, is_local=is_open))
        page = AppTest.from_file(str(ENTRY), default_timeout=60)
        page.query_params.update(query)
        page.run()
        if is_open and name != "runs":
            page.switch_page(f"screens/{name}.py")
            page.query_params.update(query)
            page.run()
        return page

    return open_it


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as found:
        yield found


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One for all tests, so that Streamlit's scripts are fetched once."""
    found = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    yield found
    found.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    found = context.new_page()
    yield found
    found.close()


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled example as a repository."""
    return make_example(tmp_path_factory.mktemp("example") / "wordcount")


def words_of(page: AppTest) -> str:
    """Everything that the page says, apart from tables and charts."""
    assert not page.exception
    kinds = ("title", "header", "subheader", "markdown", "caption", "info", "error", "warning", "success", "code")
    said = [getattr(element, "value", "") for kind in kinds for element in page.get(kind)]
    return "\n".join([*map(str, said), *(f"{each.label} {each.value}" for each in page.metric)])


def labels(page: AppTest, kind: str) -> list[str]:
    """What is written on the elements of one kind."""
    return [getattr(element, "label", "") for element in page.get(kind)]


def press(page: AppTest, label: str) -> None:
    """Press the button of this label, and let the page answer."""
    next(button for button in page.button if button.label == label).click().run()
