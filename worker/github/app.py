"""A GitHub App: how it proves who it is."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from core.errors import ConfigError
from worker.github.client import GitHub, NoAnswerError, NotAllowedError

_KEY_SECONDS = 540
"""GitHub takes keys of up to ten minutes, by its own clock."""
_SKEW_SECONDS = 60
TOKEN_SECONDS = 3000.0
"""After these an installation's token is asked for again; it ends after 3600."""


@dataclass(frozen=True, kw_only=True)
class App:
    """An App as its owner registered it."""

    id: str
    key: str = field(repr=False)
    """Its private key, as PEM."""
    api_url: str
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
        token = _Renewed(ask=lambda: _trusted(lambda: own.installation_token(installation)))
        bot = f"{_trusted(own.app_name)}[bot]"
        return GitHub(url=self.api_url, repository=repository, token=token, bot=bot, sleep=self.sleep)

    def _proof(self) -> str:
        now = int(time.time())
        claims = {"iat": now - _SKEW_SECONDS, "exp": now + _KEY_SECONDS, "iss": self.id}
        return jwt.encode({"alg": "RS256"}, claims, RSAKey.import_key(self.key))


def _trusted(ask: Callable[[], str]) -> str:
    """What GitHub says to our proof. NoAnswerError when it does not believe it: a key that was changed, a clock that is wrong
    are ours to mend, and no event's fault.
    """
    try:
        return ask()
    except NotAllowedError as error:
        if error.status == HTTPStatus.UNAUTHORIZED:
            raise NoAnswerError(f"GitHub does not take the App's key: {error}") from error
        raise


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
