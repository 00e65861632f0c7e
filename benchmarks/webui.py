"""How fast the web UI is while many runs are stored, and whether those who watch a run change what it measures.

`pages`: a PostgreSQL of its own is filled as for benchmarks.api; `perfsmith web` answers from it in a process of its own,
and a headless Chromium looks. Each page is opened in a new tab of a warm browser, the sizes in turn, so that a slow spell
of the machine hits all of them; then it is left for another one and opened from the menu or from there. A page of
Streamlit's with a title and nothing else is opened as well: what it takes, every page takes.

`watching`: `perfsmith serve` judges the same patch of the bundled example again and again, alone and with browsers that
have the page of the run open, in turn.

    python -m benchmarks.webui pages [--runs 1000 10000] [--times 10]
    python -m benchmarks.webui watching [--times 5] [--browsers 10]
"""

import argparse
import json
import math
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks.api import Filled, fill
from benchmarks.arena import machine
from core import figures, patch
from core.measurement import Speedup
from core.run import OVER
from store.sql import SqlStore
from tests.fakes.example import make_example
from tests.fakes.postgres import add_database, forgetful_postgres
from tests.webui.browsing import Site, a_browser, serving, wait_for, workers_of

_STANDS_STILL = """() =>
    document.querySelector("h1") !== null
    && document.querySelector("[data-testid=stApp]").dataset.testScriptState === "notRunning"
    && document.querySelector("[data-testid=stSkeleton]") === null
    && performance.now()"""
"""Milliseconds since the page was asked for, once it has its title and nothing is being worked on. Looked at before each frame: an
assertion of Playwright's looks again after up to a second, which would be measured."""
_PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
_LONGEST_MS = 60_000
_SLOW = """    seen = []
    for word in words:
        if word not in seen:
            seen.append(word)
    return seen
"""
_FAST = "    return list(dict.fromkeys(words))\n"


@dataclass(frozen=True, kw_only=True)
class Look:
    """Milliseconds of one look at a page."""

    painted: float
    ready: float
    """Until it stands still and can be used."""
    used: float
    """From a filter or a click to the page that shows it."""
    again: float
    """When it is opened from another page."""


@dataclass(frozen=True, kw_only=True)
class Screen:
    """A page, and something to do on it."""

    place: Callable[[Filled], str]
    use: Callable[[Page], None]
    leave: Callable[[Page], None]
    come_back: Callable[[Page], None]


def _filter(page: Page) -> None:
    page.get_by_label("Repository begins with").fill("library000007")
    page.get_by_label("Repository begins with").press("Enter")
    page.wait_for_url("**library000007**", timeout=_LONGEST_MS)


def _open_log(page: Page) -> None:
    page.get_by_text("Log", exact=True).click()


def _to(name: str) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        page.get_by_role("link", name=name, exact=True).click()
        page.get_by_role("heading", name=name, exact=True).wait_for(timeout=_LONGEST_MS)

    return go


def _back(page: Page) -> None:
    page.go_back()
    page.get_by_role("heading", name="Search tree").wait_for(timeout=_LONGEST_MS)


SCREENS = {
    "Runs": Screen(place=lambda _: "", use=_filter, leave=_to("Compare"), come_back=_to("Runs")),
    "Run": Screen(
        place=lambda filled: f"run?id={filled.ids[len(filled.ids) // 2]}",
        use=_open_log,
        leave=_to("Compare"),
        come_back=_back,
    ),
}
_EMPTY = "import streamlit as st\n\nst.title('empty')\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("pages", "watching"))
    parser.add_argument("--runs", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--browsers", type=int, default=10)
    given = parser.parse_args()
    print(f"<!-- {machine()} -->", flush=True)
    if given.what == "pages":
        measure_pages(given.runs, given.times)
    else:
        measure_watched(given.times, given.browsers)


def measure_pages(counts: Sequence[int], times: int) -> None:
    with forgetful_postgres() as postgres, a_browser() as browser, ExitStack() as running:
        filled = [_open(fill(add_database(postgres, f"runs_{count}"), count)) for count in counts]
        sites = [running.enter_context(_site(each)) for each in filled]
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        print(
            "\n| page | runs | first paint, ms | ready, ms | after a filter or a click, ms | opened from another page, ms |"
        )
        print("| --- | --- | --- | --- | --- | --- |")
        bare = running.enter_context(_empty_page())
        seen = [_open_page(context.new_page(), bare) for _ in range(times + 1)][1:]
        painted, ready = zip(*seen, strict=True)
        print(f"| an empty one of Streamlit's | – | {_spread(painted)} | {_spread(ready)} | – | – |", flush=True)
        for name, screen in SCREENS.items():
            looks: list[list[Look]] = [[] for _ in sites]
            for _ in range(times + 1):
                for site, its, found in zip(sites, filled, looks, strict=True):
                    page = context.new_page()
                    found.append(_look(page, f"{site.address}/{screen.place(its)}", screen))
                    page.close()
            for its, found in zip(filled, looks, strict=True):
                kept = found[1:]  # the first one warms the browser and the server
                shown = (
                    _spread([getattr(look, each) for look in kept]) for each in ("painted", "ready", "used", "again")
                )
                print(f"| {name} | {len(its.ids):,} | {' | '.join(shown)} |", flush=True)


def _open(filled: Filled) -> Filled:
    """Without the token that benchmarks.api asks with: pages on loopback need none then."""
    with SqlStore.open(filled.url) as store, store.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM tokens")
    return filled


@contextmanager
def _site(filled: Filled) -> Iterator[Site]:
    with (
        tempfile.TemporaryDirectory() as home,
        serving("web", Path(home), {"PERFSMITH_DATABASE_URL": filled.url}) as site,
    ):
        yield site


@contextmanager
def _empty_page() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        taken.close()
        (Path(folder) / "empty.py").write_text(_EMPTY)
        options = ("--server.headless=true", f"--server.port={port}", "--browser.gatherUsageStats=false")
        line = [sys.executable, "-m", "streamlit", "run", "empty.py", *options]
        process = subprocess.Popen(line, cwd=folder, stdout=subprocess.DEVNULL)
        try:
            wait_for(f"http://127.0.0.1:{port}/_stcore/health", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def _open_page(page: Page, address: str) -> tuple[float, float]:
    """Milliseconds until something is painted, and until it stands still."""
    page.goto(address, wait_until="commit")
    ready = _when(page, _STANDS_STILL)
    return _when(page, _PAINTED), ready


def _when(page: Page, told: str) -> float:
    return float(page.wait_for_function(told, timeout=_LONGEST_MS).json_value())


def _look(page: Page, address: str, screen: Screen) -> Look:
    painted, ready = _open_page(page, address)
    used = _timed(page, screen.use)
    screen.leave(page)
    _when(page, _STANDS_STILL)
    return Look(painted=painted, ready=ready, used=used, again=_timed(page, screen.come_back))


def _timed(page: Page, do: Callable[[Page], None]) -> float:
    started = time.perf_counter()
    do(page)
    _when(page, _STANDS_STILL)
    return 1000 * (time.perf_counter() - started)


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.0f} ({min(values):.0f} to {max(values):.0f})"


def measure_watched(times: int, browsers: int) -> None:
    with tempfile.TemporaryDirectory() as folder, a_browser() as browser:
        home, example = Path(folder) / "home", make_example(Path(folder) / "wordcount")
        home.mkdir()
        print(f"\n| | {' | '.join(f'run {number + 1}' for number in range(times))} | all |")
        print("| --- |" + " --- |" * (times + 1))
        with serving("serve", home, {"PERFSMITH_URL_SCHEMES": "https,file"}) as site:
            _judged(site, home, example, browser, 0)  # makes the environment
            alone, watched = [], []
            for _ in range(times):
                alone.append(_judged(site, home, example, browser, 0))
                watched.append(_judged(site, home, example, browser, browsers))
        for name, found in (("alone", alone), (f"{browsers} browsers watch", watched)):
            logs = [math.log(each.estimate) for each in found]
            spread = math.exp(statistics.stdev(logs)) - 1
            middle = figures.times(math.exp(statistics.mean(logs)))
            print(f"| {name} | {' | '.join(map(figures.speedup, found))} | {middle}, ± {figures.share(spread)} |")


def _judged(site: Site, home: Path, example: Path, browser: Browser, browsers: int) -> Speedup:
    """What a run finds out while so many browsers have its page open. Its worker waits until all have loaded it."""
    path = "src/wordcount/counting.py"
    text = (example / path).read_text()
    form = {"repository": f"file://{example}", "patch": patch.diff({path: text}, {path: text.replace(_SLOW, _FAST)})}
    with ExitStack() as stack:
        with _suspended(site):
            run_id = _handed_in(site, form)
            for _ in range(browsers):
                context = stack.enter_context(browser.new_context())
                site.open(context.new_page(), f"run?id={run_id}")
        return _speedup(home, run_id)


@contextmanager
def _suspended(site: Site) -> Iterator[None]:
    """The workers of the site do nothing meanwhile."""
    workers = workers_of(site.process)
    for worker in workers:
        os.kill(worker, signal.SIGSTOP)
    try:
        yield
    finally:
        for worker in workers:
            os.kill(worker, signal.SIGCONT)


def _handed_in(site: Site, form: dict[str, str]) -> str:
    request = urllib.request.Request(
        f"{site.address}/api/v1/judge", json.dumps(form).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        return str(json.load(answer)["id"])


def _speedup(home: Path, run_id: str) -> Speedup:
    """Of the run, when it is over."""
    with SqlStore.open(f"sqlite:///{home}/perfsmith.db") as store:
        while store.catalogue.summary(run_id).status not in OVER:
            time.sleep(1.0)
        summary = store.catalogue.summary(run_id)
    if summary.speedup is None:
        raise SystemExit(f"run {run_id} ended without a speedup: {summary.error or summary.stopped_by}")
    return summary.speedup


if __name__ == "__main__":
    main()
