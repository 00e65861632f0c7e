"""What people type wrong, in a real browser, field by field: each has its one message, and nothing of it is in the store."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import FilePayload, Page, expect

from core.access import Scope
from core.queue import MOST_HINTS, Ticket
from core.run import RunStatus
from store.sql import SqlStore
from tests.fakes.example import commit_all
from tests.fakes.github import github_on_loopback
from tests.fakes.records import a_problem, a_run, a_successful_record
from tests.fakes.remembering import remember
from tests.webui.browsing import CHROMIUM, LOOKING_SECONDS, Site, serving, settle
from webui.watching import MOST_RUNS
from worker.tokens import digest_of, mint

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here; scripts/browser.sh installs it")
MARKUP = "gnp<b>x</b>"
REVERSED = f"\u202e{MARKUP}"
"""What would turn the line around, and be bold."""
OVER = [f"over{at}" for at in range(1, MOST_RUNS + 2)]
"""Runs of which one page can't compare all."""
ENDED = "ps_ended"
"""The secret of a token."""


@dataclass(frozen=True, kw_only=True)
class Home:
    """A folder with a store in it, and who serves it. No worker is there, so that nobody but a page writes."""

    folder: Path
    site: Site

    @property
    def kept(self) -> str:
        """All that the store holds."""
        with closing(sqlite3.connect(f"file:{database_in(self.folder)}?mode=ro", uri=True)) as connection:
            return "\n".join(connection.iterdump())


def database_in(folder: Path) -> Path:
    return folder / "perfsmith.db"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A run for every form: one that waits and one that has all its hints, some that are over, and one with a patch for GitHub."""
    folder = tmp_path_factory.mktemp("home")
    repository = folder / "github" / "team" / "tally.git"
    repository.mkdir(parents=True)
    (repository / "README").write_text("tally\n")
    commit_all(repository)
    record = a_successful_record()
    problem = replace(record.run.problem, repository=repository.as_uri())
    with SqlStore.open(f"sqlite:///{database_in(folder)}") as store:
        remember(store, record)
        remember(store, replace(record, run=replace(record.run, problem=problem)), run_id="forgithub1")
        for name in ("waiting1", "hinted1", *OVER):
            store.queue.enqueue(replace(a_run(a_problem(), status=RunStatus.QUEUED), id=name), Ticket(batch="night"))
        for number in range(MOST_HINTS):
            store.queue.add_hint("hinted1", "ann", f"hint {number}")
        for name in OVER:
            store.queue.cancel(name)
    with github_on_loopback() as github:
        places = {"PERFSMITH_GITHUB_URL": (folder / "github").as_uri(), "PERFSMITH_GITHUB_API_URL": github.url}
        with serving("web", folder, {"PERFSMITH_URL_SCHEMES": "https,file", **places}) as site:
            yield Home(folder=folder, site=site)


@pytest.fixture
def site(home: Home) -> Iterator[Site]:
    """What is tested here writes nothing."""
    before = home.kept
    yield home.site
    assert home.kept == before


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Pages that ask for a token, where one has ended."""
    folder = tmp_path_factory.mktemp("closed")
    with SqlStore.open(f"sqlite:///{database_in(folder)}") as store:
        store.keyring.add(mint("ann", Scope.ADMIN, expires_in=None).token)
        store.keyring.add(replace(mint("bob", Scope.READ, expires_in=timedelta(0)).token, digest=digest_of(ENDED)))
    with serving("web", folder, {}) as running:
        yield running


def said(page: Page, words: str, *, role: Literal["alert", "status"] = "alert") -> None:
    """The page says this, and nothing else that is wrong; a `status` is what to do where nothing is wrong yet."""
    alert = page.get_by_role(role)
    expect(alert).to_contain_text(words, timeout=LOOKING_SECONDS * 1000)
    expect(alert).not_to_contain_text("\u202e")
    expect(alert).not_to_contain_text("a bug of perfsmith")
    expect(page.locator("[data-testid=stException]")).to_have_count(0)


def fill(page: Page, label: str, text: str) -> None:
    """Type it, and go on."""
    field = page.get_by_label(label, exact=True)
    field.fill(text)
    field.blur()
    settle(page)


SUBMIT = {
    "URL": (
        ("", "Repository: it is empty"),
        ("ftp://example.org/x.git", "ftp://example.org"),
        ("  ", "Repository: it is empty"),
        ("/etc", "is no git repository"),
        (f"https://{REVERSED}", MARKUP),
        ("x" * 2001, "Repository: may have at most 2,000 characters"),
    ),
    "Branch, tag or commit": (
        ("no-such-branch", "no-such-branch"),
        ("--upload-pack=x", "upload-pack"),
        ("x" * 301, "Branch, tag or commit: may have at most 300 characters"),
    ),
    "Files that may be changed, one glob a line": (("nothing/*.py", "nothing/*.py"),),
    "Setup, one command a line": (
        ("true\n" + "x" * 4001, "Setup, line 2: may have at most 4,000 characters"),
        ("true\n" * 51, "Setup: 51 lines; at most 50 are allowed"),
    ),
    "Tests": (("x" * 4001, "Tests: may have at most 4,000 characters"),),
    "Workloads, one a line": (("true\n" * 51, "Workloads: 51 lines; at most 50 are allowed"),),
    "Speedup to clear": (
        ("0.5", "Speedup to clear: must be at least 1, not '0.5'"),
        ("0,5", "Speedup to clear: must be a number, as 1.5, not '0,5'"),
        ("nan", "not 'nan'"),
    ),
    "Timeout, seconds": (
        ("0", "Timeout: must be at least 0.1, not '0'"),
        ("soon", "Timeout: must be a number, as 1.5, not 'soon'"),
        ("-1", "Timeout: must be at least 0.1, not '-1'"),
    ),
    "Priority": (
        ("10", "Priority: must be at most 9, not '10'"),
        ("-1", "Priority: must be at least 0, not '-1'"),
        ("high", "Priority: must be a whole number, as 20, not 'high'"),
    ),
    "Batch": (
        ("two words", "Batch: may have letters, digits and the signs _ . : - only, not 'two words'"),
        (REVERSED, MARKUP),
        ("x" * 101, "Batch: may have at most 100 characters"),
    ),
    "Candidates": (
        ("-1", "Candidates: must be at least 0, not '-1'"),
        ("1e", "Candidates: must be a whole number, as 20, not '1e'"),
        ("9" * 400, "Candidates: must be at most 100,000, not '999"),
    ),
    "Dollars": (
        ("-0.5", "Dollars: must be at least 0, not '-0.5'"),
        ("--5", "Dollars: must be a number, as 1.5, not '--5'"),
        ("nan", "Dollars: must be a finite number, not 'nan'"),
        ("1e9", "Dollars: must be at most 1,000,000, not '1e9'"),
    ),
    "Tokens": (
        ("-1", "Tokens: must be at least 0, not '-1'"),
        ("1.5", "Tokens: must be a whole number, as 20, not '1.5'"),
        ("9" * 40, "Tokens: must be at most 1,125,899,906,842,624, not '999"),
    ),
    "Seconds": (
        ("-1", "Seconds: must be at least 0, not '-1'"),
        ("an hour", "Seconds: must be a number, as 1.5, not 'an hour'"),
        ("inf", "Seconds: must be a finite number, not 'inf'"),
    ),
    "Machines": (
        ("0", "Machines: must be at least 1, not '0'"),
        ("65", "Machines: must be at most 64, not '65'"),
        ("all", "Machines: must be a whole number, as 20, not 'all'"),
    ),
}
"""What is typed, and words of the message."""


@pytest.mark.parametrize("label", SUBMIT)
def test_what_can_not_be_handed_in_gets_its_message(site: Site, page: Page, example: Path, label: str) -> None:
    site.open(page, "submit")
    page.get_by_text("The problem", exact=True).click()
    page.get_by_label("URL", exact=True).fill(f"file://{example}")
    for text, words in SUBMIT[label]:
        fill(page, label, text)
        expect(page.get_by_role("alert")).to_have_count(0)  # what was said of the text before is gone
        page.get_by_role("button", name="Hand in").click()
        said(page, words)


@pytest.mark.parametrize("button", ["Look at the repository", "Hand in"])
def test_a_path_where_no_repository_is_gets_its_message(site: Site, page: Page, button: str) -> None:
    site.open(page, "submit")
    page.get_by_text("Path on the server", exact=True).click()
    for text, words in (
        (" ", "Repository: it is empty"),
        ("/no/such/folder", "/no/such/folder"),
        ("/etc", "is no git repository"),
    ):
        fill(page, "Path", text)
        expect(page.get_by_role("alert")).to_have_count(0)
        page.get_by_role("button", name=button).click()
        said(page, words)


def test_an_archive_a_patch_or_a_model_that_can_not_be_used_gets_its_message(
    site: Site, page: Page, example: Path
) -> None:
    def refused(words: str) -> None:
        settle(page)
        page.get_by_role("button", name="Hand in").click()
        settle(page)
        expect(page.get_by_role("alert").last).to_contain_text(words, timeout=LOOKING_SECONDS * 1000)

    site.open(page, "submit")
    page.get_by_text("Archive", exact=True).click()
    refused("Repository: it is empty")
    text = FilePayload(name="a.txt", mimeType="text/plain", buffer=b"no archive")
    page.locator("input[type=file]").set_input_files(text)
    expect(page.get_by_text("files are not allowed")).to_be_visible()
    content = FilePayload(name="a.zip", mimeType="application/zip", buffer=b"no archive")
    page.locator("input[type=file]").set_input_files(content)
    refused("can't be unpacked")
    page.get_by_text("Git URL", exact=True).click()
    page.get_by_label("URL", exact=True).fill(f"file://{example}")
    page.get_by_label("Proposers, asked in turn").click()
    page.get_by_role("option", name="openai").click()
    page.keyboard.press("Escape")
    refused("OPENAI_API_KEY")
    fill(page, "Model", "x" * 4001)
    refused("Model: may have at most 4,000 characters")
    page.get_by_text("Judge a patch", exact=True).click()
    refused("Patch: it is empty")
    fill(page, "Patch", " \n ")
    refused("the patch to judge is empty")


def test_a_hint_that_can_not_be_kept_gets_its_message_and_stays_in_its_field(site: Site, page: Page) -> None:
    for name, text, words in (
        ("waiting1", "", "the hint is empty"),
        ("waiting1", " \n ", "the hint is empty"),
        ("waiting1", "x" * 1001, "1,001 characters; 1,000 are allowed"),
        ("hinted1", "one more", f"has {MOST_HINTS} hints"),
    ):
        site.open(page, f"run?id={name}")
        page.get_by_text("Hints", exact=name == "waiting1").first.click()
        field = page.get_by_label("In plain words, for the proposals to come", exact=True)
        field.fill(text)
        page.get_by_role("button", name="Give the hint").click()
        expect(page.get_by_role("alert").last).to_contain_text(words, timeout=LOOKING_SECONDS * 1000)
        expect(field).to_have_value(text)


@pytest.mark.parametrize("label", ["Candidates", "Dollars", "Tokens", "Seconds"])
def test_a_run_is_not_resumed_with_a_limit_that_can_not_be(site: Site, page: Page, label: str) -> None:
    site.open(page, "run?id=over1")
    page.get_by_text("Go on with more", exact=True).click()
    for text, words in SUBMIT[label]:
        page.get_by_label(label, exact=True).fill(text)
        page.get_by_role("button", name="Resume").click()
        expect(page.get_by_role("alert").last).to_contain_text(words, timeout=LOOKING_SECONDS * 1000)


NO_TOKEN = "the token is none of GitHub's"
OFFERS = (
    ("", "", NO_TOKEN),
    ("the-token", "a b", "'a b' is no name of a branch"),
    ("  ", "", NO_TOKEN),
    ("the-token", "../x", "'../x' is no name of a branch"),
    ("a b", "", NO_TOKEN),
    ("the-token", "main:refs/heads/x", "'main:refs/heads/x' is no name of a branch"),
    ("tök", "", NO_TOKEN),
    ("the-token", "x.lock", "'x.lock' is no name of a branch"),
    ("x" * 5000, "", NO_TOKEN),
    ("another", "", "Bad credentials"),
    ("the-token", "no-such", "has no refs/heads/no-such"),
    ("the-token", REVERSED, MARKUP),
    ("the-token", "x" * 5000, "… is no name of a branch"),
)
"""A token and a branch that are typed, and words of the message."""


def test_a_patch_is_not_offered_with_a_wrong_token_or_into_a_wrong_branch(site: Site, page: Page) -> None:
    site.open(page, "run?id=forgithub1")
    page.get_by_text("Open a pull request", exact=True).click()
    for token, base, words in OFFERS:
        page.get_by_label("Token of GitHub", exact=True).fill(token)
        page.get_by_label("Into the branch", exact=True).fill(base)
        page.get_by_role("button", name="Open a draft").click()
        said(page, words)
        settle(page)


COMPARED = (
    ("k7f3q9 ffff", "there is no run 'ffff'"),
    ("k7f3q9, k7f3q9", "k7f3q9 given more than once"),
    ("k7f3q9 over1 k7f", "k7f3q9 given more than once"),
    (f"k7f3q9 {REVERSED}", MARKUP),
    ("k7f3q9 " + "x" * 2000, "there is no run 'xxx"),
)


def test_what_can_not_be_compared_gets_its_message(site: Site, page: Page) -> None:
    site.open(page, "compare")
    for ids, words in COMPARED:
        fill(page, "Runs, by their ids", ids)
        said(page, words)
    for ids, words in (("k7f3q9", "Give two or more ids"), (" ".join(OVER), f"The first {MOST_RUNS} are shown")):
        fill(page, "Runs, by their ids", ids)
        said(page, words, role="status")


def test_a_speedup_that_is_none_filters_nothing_and_is_told(site: Site, page: Page) -> None:
    site.open(page, "?speedup=2")
    for text in ("-1", "fast", "nan", "inf", REVERSED):
        fill(page, "Speedup at least", text)
        said(page, "give a number from 0 on")
        said(page, MARKUP if text is REVERSED else f"'{text}'")
        expect(page.locator("[data-testid=stDataFrame]")).to_have_count(0)


@pytest.mark.parametrize("label", ["Since", "Before"])
def test_a_day_that_is_none_filters_nothing_and_is_told(site: Site, page: Page, label: str) -> None:
    site.open(page, "?since=2026-01-01")
    for text in ("yesterday", "2026-02-30", "01.02.2026", REVERSED):
        fill(page, label, text)
        said(page, f"{label}: ")
        said(page, MARKUP if text is REVERSED else f"'{text}' is no day; give one as 20")
        expect(page.locator("[data-testid=stDataFrame]")).to_have_count(0)


def test_from_a_filter_that_is_none_a_click_leads_to_all_runs(site: Site, page: Page) -> None:
    site.open(page, "?status=asleep&speedup=2")
    page.get_by_role("button", name="Show all runs").click()
    expect(page.locator("[data-testid=stDataFrame]")).to_be_visible(timeout=LOOKING_SECONDS * 1000)
    expect(page.get_by_role("alert")).to_have_count(0)
    assert "status" not in page.url


def test_a_candidate_is_shown_also_where_its_view_is_none(site: Site, page: Page) -> None:
    site.open(page, "candidate?id=k7f3q9&number=8&view=sideways")
    said(page, "view in the address: there is no 'sideways'; use one of unified")
    expect(page.get_by_role("heading", name="Candidate 8")).to_be_visible()


def test_a_batch_that_is_not_there_is_told_with_those_that_are(site: Site, page: Page) -> None:
    site.open(page, "batches")
    for text, words in (("nights", "there is no batch 'nights'"), (REVERSED, MARKUP), ("x" * 2000, "'xxx")):
        fill(page, "Batch", text)
        said(page, words)
        expect(page.get_by_role("link", name="night", exact=True)).to_be_visible()


ADDRESSES = {
    "?status=asleep": "status in the address: there is no 'asleep'; use one of queued, running",
    "?order=slowest": "order in the address: there is no 'slowest'; use one of newest, fastest",
    "?speedup=-1": "'-1' is no speedup; give a number from 0 on",
    "?since=yesterday": "Since: 'yesterday' is no day; give one as 20",
    "?before=2026-02-30": "Before: '2026-02-30' is no day",
    "?after=nowhere": "'nowhere' is no cursor",
    "run?id=ffff": "there is no run 'ffff'",
    "run?id=%E2%80%AEgnp%3Cb%3Ex": "gnp<b>x",
    "candidate?id=ffff&number=1": "there is no run 'ffff'",
    "candidate?id=k7f3q9&number=first": "'first' is no number of a candidate",
    "candidate?id=k7f3q9&number=-1": "'-1' is no number of a candidate",
    "candidate?id=k7f3q9&number=99": "run k7f3q9 has no candidate 99",
    "candidate?id=k7f3q9&number=99999999999999999999": "'99999999999999999999' is no number of a candidate",
    "compare?ids=k7f3q9+ffff": "there is no run 'ffff'",
    "batches?batch=nights": "there is no batch 'nights'",
}


@pytest.mark.parametrize("place", ADDRESSES)
def test_an_address_that_leads_nowhere_says_why(site: Site, page: Page, place: str) -> None:
    site.open(page, place)
    said(page, ADDRESSES[place])


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("?batch=nights", "No run fits this filter"),
        ("run", "Choose a run"),
        ("candidate?id=k7f3q9", "Choose a candidate"),
    ],
)
def test_an_address_that_leads_to_nothing_says_what_to_do(site: Site, page: Page, place: str, words: str) -> None:
    site.open(page, place)
    said(page, words, role="status")


def test_a_token_that_opens_nothing_gets_its_message(closed: Site, page: Page) -> None:
    closed.open(page, "")
    for text, words in (
        ("", "give a token"),
        ("ps_guess", "there is no such token"),
        ("  ", "give a token"),
        ("tök en", "there is no such token"),
        (ENDED, "expired"),
        (REVERSED, "there is no such token"),
    ):
        page.get_by_label("Token", exact=True).fill(text)
        page.get_by_role("button", name="Enter").click()
        said(page, words)
        settle(page)
