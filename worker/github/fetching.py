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
from sandbox.git import Watch, git
from sandbox.scratch import claimed
from worker.github.checkout import PROTOCOLS
from worker.github.client import GitHub, NoAnswerError

PATIENCE = 6
"""Attempts that take about a minute, which is more than GitHub takes to merge a pull request for trying."""
_REF = re.compile(r"[^\s:*?\[\\^~-][^\s:*?\[\\^~]*")
_MISSING = ("couldn't find remote ref", "not our ref")
"""What git says of something that is not there, by its name or by its id."""


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
    configuration, as actions/checkout has it, and goes with the folder. ConfigError when it does not become ready or is over
    the limits, or `ref` is more than one name, NoAnswerError when it can't be reached.
    """
    if not _REF.fullmatch(ref) or ".." in ref:
        raise ConfigError(f"{ref!r} is no name of a branch, as main or release/1.0")
    with claimed(origin.scratch) as folder:
        place = folder / "checkout"
        place.mkdir()
        git("init", "--quiet", folder=place).or_refuse("no checkout can be made")
        url = f"{origin.url.rstrip('/')}/{origin.github.repository}.git"
        with (place / ".git" / "config").open("a", encoding="utf-8") as config:
            config.write(_configuration(url, origin.github.secret))
        complaint = ""
        for attempt in range(attempts):
            if attempt:
                origin.sleep(2.0**attempt)
            complaint = _fetch(place, ref, origin.limits)
            if not complaint and is_ready(place):
                yield place
                return
        if complaint and not any(words in complaint for words in _MISSING):
            raise NoAnswerError(f"{origin.github.repository} can't be fetched: {complaint}", 0)
        hint = "; a pull request with conflicts has none" if ref.startswith("refs/pull/") else ""
        raise ConfigError(f"{origin.github.repository} has no such {ref}{hint}")


def _fetch(place: Path, ref: str, limits: Limits) -> str:
    """Why it did not work; empty when it did. ConfigError over the limits."""
    fetch = ("fetch", "--quiet", "--no-tags", "--depth=2", "origin", ref)
    fetched = git(*fetch, folder=place, protocol=PROTOCOLS, watch=Watch.over(place, limits))
    if fetched.complaint in {limits.too_large, limits.too_slow}:
        raise ConfigError(f"{ref} can't be fetched: {fetched.complaint}")
    if not fetched.succeeded:
        return fetched.complaint
    git("update-ref", "--no-deref", "HEAD", "FETCH_HEAD", folder=place).or_refuse(f"{ref} can't be read")
    return ""


def _configuration(url: str, token: str) -> str:
    secret = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    header = f'[http "{url}"]\n\textraheader = AUTHORIZATION: basic {secret}\n' if url.startswith("https://") else ""
    return f'[remote "origin"]\n\turl = {url}\n{header}'
