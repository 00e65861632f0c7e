"""A GitHub App: how it proves who it is, and the checkouts that it works on."""

import base64
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from core.errors import ConfigError
from sandbox.git import git
from worker.github.checkout import PROTOCOLS
from worker.github.client import GitHub

_KEY_SECONDS = 540
"""GitHub takes keys of up to ten minutes, by its own clock."""
_SKEW_SECONDS = 60
ATTEMPTS = 6
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
    def checkout(self, github: GitHub, ref: str, is_ready: Callable[[Path], bool]) -> Iterator[Path]:
        """A repository with the commit that `ref` ends at, and its parents, as HEAD. Nothing is checked out, and nothing run.

        It is fetched again until it is ready: GitHub merges a pull request for trying some seconds after it tells of it. The
        token is in the folder's own configuration, as actions/checkout has it, and goes with the folder. ConfigError where
        there is no such ref, or it does not become ready.
        """
        with TemporaryDirectory(prefix="perfsmith-") as folder:
            place = Path(folder) / "checkout"
            place.mkdir()
            git("init", "--quiet", folder=place).or_refuse("no checkout can be made")
            url = f"{self.git_url.rstrip('/')}/{github.repository}.git"
            with (place / ".git" / "config").open("a", encoding="utf-8") as config:
                config.write(_origin(url, github.secret))
            for attempt in range(ATTEMPTS):
                _fetch(place, github.repository, ref)
                if is_ready(place):
                    yield place
                    return
                self.sleep(2.0**attempt)
            raise ConfigError(
                f"{ref} is not of the commit that the event is about: the pull request may have conflicts"
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


def _fetch(place: Path, repository: str, ref: str) -> None:
    fetched = git("fetch", "--quiet", "--no-tags", "--depth=2", "origin", ref, folder=place, protocol=PROTOCOLS)
    fetched.or_refuse(f"{repository} has no {ref} that can be fetched")
    git("update-ref", "--no-deref", "HEAD", "FETCH_HEAD", folder=place).or_refuse(f"{ref} can't be read")


def _origin(url: str, token: str) -> str:
    secret = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    header = f'[http "{url}"]\n\textraheader = AUTHORIZATION: basic {secret}\n' if url.startswith("https://") else ""
    return f'[remote "origin"]\n\turl = {url}\n{header}'
