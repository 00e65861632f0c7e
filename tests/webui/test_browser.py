"""The web UI in a real browser, over a real store and with a real worker."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from core.access import Scope
from core.queue import Ticket
from core.run import RunStatus
from store.sql import SqlStore
from tests.fakes.records import HOSTILE, a_hostile_record, a_problem, a_run, a_successful_record
from tests.fakes.remembering import remember, remember_saying
from tests.webui.browsing import CHROMIUM, Site, axe, photograph, serving, settle
from worker.tokens import mint

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here; scripts/browser.sh installs it")
PAGES = {
    "runs": "",
    "submit": "submit",
    "run": "run?id=k7f3q9",
    "candidate": "candidate?id=k7f3q9&number=8",
    "compare": "compare?ids=k7f3q9+hostile1",
    "batches": "batches?batch=night",
    "system": "system",
}
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
MOST_TABS = 100
PICTURES = os.environ.get("PERFSMITH_TEST_PICTURES")
THEIRS = ("stSidebarNav", "stCode")
"""Parts that Streamlit makes, and we can't change."""
WORKING_SECONDS = 900
ROW_PIXELS = 35
"""Of a table: how high a row is, and about how wide the box that chooses it."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """All of perfsmith at one address, with some runs that never ran."""
    home = tmp_path_factory.mktemp("home")
    with SqlStore.open(f"sqlite:///{home}/perfsmith.db") as store:
        remember(store, a_successful_record())
        remember(store, a_hostile_record(), run_id="hostile1")
        remember_saying(store, "hostile1", 3, HOSTILE)
        run = replace(a_run(a_problem(), status=RunStatus.QUEUED), id="night1")
        store.queue.enqueue(run, Ticket(batch="night"))
        store.queue.cancel(run.id)
    with serving("serve", home, {"PERFSMITH_URL_SCHEMES": "https,file"}) as running:
        yield running


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pages of somebody who has made a token."""
    home = tmp_path_factory.mktemp("closed")
    with SqlStore.open(f"sqlite:///{home}/perfsmith.db") as store:
        store.keyring.add(mint("ann", Scope.ADMIN, expires_in=None).token)
    with serving("web", home, {}) as running:
        yield running


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A page that is looked at from all sides, and loaded once for that."""

    name: str
    page: Page

    def turn(self, scheme: Scheme, width: int, height: int) -> None:
        """Show it in these colours and at this size."""
        self.page.emulate_media(color_scheme=scheme)
        self.page.set_viewport_size({"width": width, "height": height})
        settle(self.page)


@pytest.fixture(scope="module", params=[*PAGES, "enter"])
def opened(request: pytest.FixtureRequest, site: Site, closed: Site, browser: Browser) -> Iterator[Opened]:
    context = browser.new_context()
    page = context.new_page()
    if request.param == "enter":
        closed.open(page, "")
    else:
        site.open(page, PAGES[request.param])
    yield Opened(name=request.param, page=page)
    context.close()


def hand_in(site: Site, page: Page, repository: str) -> None:
    site.open(page, "submit")
    page.get_by_label("URL", exact=True).fill(repository)
    page.get_by_label("URL", exact=True).press("Enter")
    page.get_by_label("Candidates", exact=True).fill("1")
    page.get_by_label("Candidates", exact=True).press("Enter")
    settle(page)
    page.get_by_role("button", name="Hand in").click()


def test_the_example_is_handed_in_watched_and_its_patch_applied(site: Site, page: Page, example: Path) -> None:
    hand_in(site, page, f"file://{example}")
    expect(page.get_by_role("heading", name="wordcount")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("heading", name="× faster")).to_be_visible(timeout=WORKING_SECONDS * 1000)
    settle(page)
    open_row(page, "✓ confirmed")
    expect(page.get_by_role("heading", name="✓ confirmed")).to_be_visible(timeout=60_000)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Patch").click()
    waiting.value.save_as(example.parent / "found.diff")
    subprocess.run(["git", "apply", "--index", str(example.parent / "found.diff")], cwd=example, check=True)


def open_row(page: Page, words: str) -> None:
    """Choose the row of the page's last table that has these words. Its cells are drawn; what stands in them is beside."""
    table = page.locator("[data-testid=stDataFrame]").last
    table.scroll_into_view_if_needed()
    row = table.locator("[role=row]", has_text=words)
    expect(row).to_have_count(1)
    number, drawn = int(row.get_attribute("aria-rowindex") or 0), table.locator("canvas").first.bounding_box()
    assert drawn
    page.mouse.click(drawn["x"] + ROW_PIXELS / 2, drawn["y"] + (number - 0.5) * ROW_PIXELS)


def test_a_run_is_cancelled(site: Site, page: Page, example: Path) -> None:
    hand_in(site, page, f"file://{example}")
    page.get_by_role("button", name="Cancel").click(timeout=60_000)
    expect(page.get_by_text("cancelled").first).to_be_visible(timeout=120_000)


def test_a_link_with_a_filter_shows_what_it_says(site: Site, page: Page) -> None:
    site.open(page, "?name=nothing-of-this-name")
    expect(page.get_by_text("No run fits")).to_be_visible()
    expect(page.get_by_label("Repository begins with")).to_have_value("nothing-of-this-name")


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("", ()),
        ("run?id=hostile1", ("␛[31mred", "⟨U+202E⟩gnp.exe")),
        ("candidate?id=hostile1&number=1", ("The input that shows it", "␛[31mred", "more characters")),
        ("candidate?id=hostile1&number=2", ("␛[31mred", "more characters")),
        ("candidate?id=hostile1&number=3", ("10 + 5 tokens", "␛[31mred", "more characters")),
        ("candidate?id=hostile1&number=3&view=side+by+side", ("{{ 7 * 7 }}", "␛[31mred", "more characters")),
    ],
)
def test_hostile_text_is_shown_and_does_nothing(site: Site, page: Page, place: str, shown: tuple[str, ...]) -> None:
    acted: list[str] = []
    asked: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        acted.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.on("request", lambda request: asked.append(request.url))
    site.open(page, place)
    page.wait_for_timeout(1000)
    said = page.locator("[data-testid=stMain]").text_content() or ""
    assert [words for words in shown if words not in said] == []
    assert "a bug of perfsmith" not in said
    assert not acted
    assert [url for url in asked if not url.startswith((site.address, "data:", "blob:"))] == []
    links = page.eval_on_selector_all("[data-testid=stMain] a[href]", "found => found.map(link => link.href)")
    assert [link for link in links if not link.startswith(site.address)] == []
    assert page.locator("[data-testid=stMain] script, [data-testid=stMain] img[onerror]").count() == 0


def test_every_page_fits_in_every_size_and_colour(opened: Opened, tmp_path: Path) -> None:
    for scheme in SCHEMES:
        for size, (width, height) in SIZES.items():
            opened.turn(scheme, width, height)
            photograph(opened.page, (Path(PICTURES) if PICTURES else tmp_path) / f"{opened.name}-{scheme}-{size}.png")
            wide, shown = opened.page.locator("[data-testid=stMain]").evaluate("it => [it.scrollWidth, it.clientWidth]")
            assert wide <= shown, (scheme, size)


def test_no_page_has_a_barrier(opened: Opened, axe_script: Path) -> None:
    for scheme, size in zip(SCHEMES, SIZES, strict=True):
        opened.turn(scheme, *SIZES[size])
        assert barriers(opened.page, axe_script) == [], (scheme, size)


@pytest.fixture(scope="module")
def axe_script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    script = axe(tmp_path_factory.mktemp("axe"))
    if script is None:
        pytest.skip("there is no npm here that reaches a registry; scripts/browser.sh installs it")
    return script


def test_the_form_is_handed_in_without_a_mouse(site: Site, page: Page) -> None:
    site.open(page, "submit")
    button = page.get_by_role("button", name="Hand in")
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if button.evaluate("it => it === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Repository: it is empty", timeout=60_000)


def barriers(page: Page, script: Path) -> list[str]:
    """What axe-core finds serious, apart from what Streamlit makes and we can't change."""
    page.add_script_tag(path=script)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in found["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
        if not any(page.evaluate(_IS_INSIDE, [node["target"][0], part]) for part in THEIRS)
    ]


_IS_INSIDE = """([selector, part]) => {
    const found = document.querySelector(selector);
    return found !== null && found.closest(`[data-testid^="${part}"]`) !== null;
}"""
