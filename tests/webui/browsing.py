"""perfsmith as its users start it, and a browser that looks at it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

CHECKOUT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium")
_FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
STARTING_SECONDS, LOOKING_SECONDS = 180, 60
AXE = "axe-core@4.11.0"


@dataclass(frozen=True, kw_only=True)
class Site:
    """A server of ours that listens."""

    address: str
    process: int

    def open(self, page: Page, place: str) -> None:
        """Go there and wait until the page has its title and stands still."""
        page.goto(f"{self.address}/{place}")
        expect(page.locator("h1").first).to_be_visible(timeout=LOOKING_SECONDS * 1000)
        settle(page)


def settle(page: Page) -> None:
    """Wait until Streamlit works on nothing and every placeholder has made room."""
    app = page.locator("[data-testid=stApp]")
    expect(app).to_have_attribute("data-test-script-state", re.compile("notRunning"), timeout=LOOKING_SECONDS * 1000)
    expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0, timeout=LOOKING_SECONDS * 1000)


@contextmanager
def serving(command: str, home: Path, variables: Mapping[str, str]) -> Iterator[Site]:
    """`perfsmith web` or `perfsmith serve` on a free port, and its end."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    environment = {**os.environ, **variables, "PERFSMITH_HOME": str(home)}
    line = [sys.executable, "-m", "cli.main", command, "--port", str(port)]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(line, cwd=CHECKOUT, env=environment, stdout=log, stderr=log)
        try:
            wait_for(f"http://127.0.0.1:{port}/_stcore/health", process)
            yield Site(address=f"http://127.0.0.1:{port}", process=process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def workers_of(process: int) -> list[int]:
    """The workers that the process has started."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [int(child) for child in children if b"worker" in _words(child)]


def _words(process: str) -> list[bytes]:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Until the server answers there; AssertionError when it ends or takes too long."""
    end = time.monotonic() + STARTING_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise AssertionError("it does not listen")


@contextmanager
def a_browser() -> Iterator[Browser]:
    """Chromium of the system."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield browser
        browser.close()


def axe(folder: Path) -> Path | None:
    """The script of axe-core, fetched by npm; None where npm is missing or reaches no registry."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    fetch = [npm, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), AXE]
    done = subprocess.run(fetch, check=False, capture_output=True, timeout=120)
    return folder / "node_modules" / "axe-core" / "axe.min.js" if done.returncode == 0 else None


def photograph(page: Page, path: Path) -> None:
    """The whole page, which Streamlit scrolls inside of itself."""
    size = page.viewport_size or {"width": 1280, "height": 900}
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": min(max(size["height"], height + 20), 4000)})
    settle(page)
    page.wait_for_timeout(700)
    page.screenshot(path=path)
    page.set_viewport_size(size)
