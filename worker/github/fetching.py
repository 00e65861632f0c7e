"""Repositories of GitHub's, fetched with a token that nobody else sees."""

import base64
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigError
from sandbox.extent import Limits
from sandbox.git import git
from sandbox.scratch import claimed
from worker.github.checkout import MissingError, fetch
from worker.github.client import GitHub, NoAnswerError
from worker.problem.values import shown

PATIENCE = 6
"""Attempts that take about a minute, which is more than GitHub takes to merge a pull request for trying."""
_REF = re.compile(r"[^\s\x00-\x1f\x7f:*?\[\\^~-][^\s\x00-\x1f\x7f:*?\[\\^~]{0,254}")
_REFUSED = re.compile(r"\.\.|//|@\{|/\.|\.lock(/|$)|[/.]$")
"""Parts of names that git refuses."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """From where, to where, and how much."""

    github: GitHub
    url: str
    """Where repositories are: followed by /OWNER/NAME.git."""
    scratch: Path
    limits: Limits
    sleep: Callable[[float], None] = time.sleep


def anything(_: Path) -> bool:
    """For a ref that is ready when it is there."""
    return True


@contextmanager
def fetched(
    origin: Origin, ref: str, is_ready: Callable[[Path], bool] = anything, *, attempts: int = 1
) -> Iterator[Path]:
    """A repository with the commit that `ref` ends at, and its parents, as HEAD. Nothing is checked out, and nothing run.

    It is fetched again until it is there and ready, or that was tried often enough. The token is in the folder's own
    configuration, as actions/checkout has it, and goes with the folder. MissingError when it does not become ready, ConfigError
    when it is over the limits or `ref` is more than one name, NoAnswerError when it can't be reached.
    """
    if not _REF.fullmatch(ref) or _REFUSED.search(ref):
        raise ConfigError(f"{shown(ref.removeprefix('refs/heads/'))} is no name of a branch, as main or release/1.0")
    with claimed(origin.scratch) as folder:
        place = folder / "checkout"
        place.mkdir()
        git("init", "--quiet", folder=place).or_refuse("no checkout can be made")
        url = f"{origin.url.rstrip('/')}/{origin.github.repository}.git"
        with (place / ".git" / "config").open("a", encoding="utf-8") as config:
            config.write(_configuration(url, origin.github.secret))
        for attempt in range(1, attempts + 1):
            try:
                _fetch(place, ref, is_ready, origin.limits)
                break
            except (MissingError, NoAnswerError):
                if attempt == attempts:
                    raise
            origin.sleep(2.0**attempt)
        yield place


def _fetch(place: Path, ref: str, is_ready: Callable[[Path], bool], limits: Limits) -> None:
    fetch(place, ref, depth=2, limits=limits)
    git("update-ref", "--no-deref", "HEAD", "FETCH_HEAD", folder=place).or_refuse(f"{ref} can't be read")
    if not is_ready(place):
        raise MissingError(f"{ref} is not of the commit that is looked for")


def _configuration(url: str, token: str) -> str:
    secret = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    header = f'[http "{url}"]\n\textraheader = AUTHORIZATION: basic {secret}\n' if url.startswith("https://") else ""
    return f'[remote "origin"]\n\turl = {url}\n{header}'
