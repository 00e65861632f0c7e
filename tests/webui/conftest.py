"""The web UI over a real store: its pages by themselves."""

import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from api.service import Service
from tests.api.conftest import nudged, repository, service, settings, store
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
