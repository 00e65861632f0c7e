"""A GitHub App: how it proves who it is, and the checkouts that it works on."""

import base64
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from core.errors import ConfigError
from sandbox.extent import Limits
from sandbox.git import Watch, git
from sandbox.scratch import claimed
from worker.github.checkout import PROTOCOLS
from worker.github.client import GitHub, NoAnswerError

_KEY_SECONDS = 540
"""GitHub takes keys of up to ten minutes, by its own clock."""
_SKEW_SECONDS = 60
ATTEMPTS = 6
_MISSING = ("couldn't find remote ref", "not our ref")
"""What git says of something that is not there, by its name or by its id."""
TOKEN_SECONDS = 3000.0
"""After these an installation's token is asked for again; it ends after 3600."""


@dataclass(frozen=True, kw_only=True)
class App:
    """An App as its owner registered it."""

    id: str
    key: str = field(repr=False)
    """Its private key, as PEM."""
    api_url: str
    git_url: str
    """Where repositories are: followed by /OWNER/NAME.git."""
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        try:
            is_private = RSAKey.import_key(self.key).is_private
        except (JoseError, ValueError, TypeError):
            is_private = False
        if not is_private:
            raise ConfigError("PERFSMITH_GITHUB_APP_KEY names no file with an RSA private key in PEM")

    def of(self, installation: int, repository: str) -> GitHub:
        """The repository with the rights of an installation, and of no other repository."""
        own = GitHub(url=self.api_url, repository=repository, token=self._proof, sleep=self.sleep)
        token = _Renewed(ask=lambda: own.installation_token(installation))
        return GitHub(
            url=self.api_url, repository=repository, token=token, bot=f"{own.app_name()}[bot]", sleep=self.sleep
        )

    def _proof(self) -> str:
        now = int(time.time())
        claims = {"iat": now - _SKEW_SECONDS, "exp": now + _KEY_SECONDS, "iss": self.id}
        return jwt.encode({"alg": "RS256"}, claims, RSAKey.import_key(self.key))

    @contextmanager
    def checkout(
        self, github: GitHub, ref: str, is_ready: Callable[[Path], bool], *, scratch: Path, limits: Limits
    ) -> Iterator[Path]:
        """A repository with the commit that `ref` ends at, and its parents, as HEAD. Nothing is checked out, and nothing run.

        It is fetched again until it is there and ready: GitHub merges a pull request for trying some seconds after it tells of
        it. The token is in the folder's own configuration, as actions/checkout has it, and goes with the folder, which is in
        `scratch`. ConfigError when it does not become ready or is over the limits, NoAnswerError when it can't be reached.
        """
        with claimed(scratch) as folder:
            place = folder / "checkout"
            place.mkdir()
            git("init", "--quiet", folder=place).or_refuse("no checkout can be made")
            url = f"{self.git_url.rstrip('/')}/{github.repository}.git"
            with (place / ".git" / "config").open("a", encoding="utf-8") as config:
                config.write(_origin(url, github.secret))
            complaint = ""
            for attempt in range(ATTEMPTS):
                if attempt:
                    self.sleep(2.0**attempt)
                complaint = _fetch(place, ref, limits)
                if not complaint and is_ready(place):
                    yield place
                    return
            if complaint and not any(words in complaint for words in _MISSING):
                raise NoAnswerError(f"{github.repository} can't be fetched: {complaint}", 0)
            raise ConfigError(
                f"{github.repository} has no {ref} of the commit that the event is about; a pull request with conflicts has none"
            )


@dataclass(kw_only=True)
class _Renewed:
    """A token that is good for an hour, and another one after that: a run may take longer."""

    ask: Callable[[], str]
    token: str = field(default="", repr=False)
    until: float = 0.0

    def __call__(self) -> str:
        if time.monotonic() >= self.until:
            self.token, self.until = self.ask(), time.monotonic() + TOKEN_SECONDS
        return self.token


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


def _origin(url: str, token: str) -> str:
    secret = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    header = f'[http "{url}"]\n\textraheader = AUTHORIZATION: basic {secret}\n' if url.startswith("https://") else ""
    return f'[remote "origin"]\n\turl = {url}\n{header}'
