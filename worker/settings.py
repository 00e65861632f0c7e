"""Deployment settings: read from the environment once, at the edge, and passed on as a value."""

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from core.errors import ConfigError
from sandbox.addresses import ANYWHERE_PUBLIC, DEFAULT_SCHEMES, KNOWN_SCHEMES, Sources
from sandbox.extent import DEFAULT_LIMITS, Limits

_PRICE = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")
_NUMBER = re.compile(r"[0-9]{1,15}")
_MOST = 1 << 45
_BROKERS = ("redis", "rediss")
_LOG_FORMATS = ("plain", "json")
LONGEST_RENEWAL_SECONDS = 5.0
"""A holder asks at least so often what is wanted of it: cancelling takes no longer than that."""
RENEWALS_IN_A_LEASE = 6


@dataclass(frozen=True, kw_only=True)
class Work:
    """How runs wait for workers, and how these work on them."""

    broker_url: str | None = field(default=None, repr=False)
    """Redis, for a team; None for a folder in the home, for one machine. It may hold a password."""
    lease_seconds: float = 60.0
    """How long a silent worker keeps its run."""
    grace_seconds: float = 20.0
    """How long a run may take to end when it is told to, before it is killed."""
    recover_seconds: float = 10.0
    """How often to look for runs whose worker is silent, and for somebody to help."""
    unable_hours: int = 24
    """A run that no machine was able to work on for so long has failed."""
    free_bytes: int = 256 << 20
    """No run is taken up while the disk of the home has less room than this."""
    machine: str = field(default_factory=socket.gethostname)
    """The name of this machine: the same for all workers that share its processors."""
    log_format: str = "plain"
    """How workers log: plain or json."""

    @property
    def renewal_seconds(self) -> float:
        """How often a lease is renewed."""
        return min(LONGEST_RENEWAL_SECONDS, self.lease_seconds / RENEWALS_IN_A_LEASE)


@dataclass(frozen=True, kw_only=True)
class GitHubSettings:
    """Where GitHub is, and how it is known that something comes from there."""

    url: str = "https://github.com"
    """Where repositories are: followed by /OWNER/NAME.git."""
    api_url: str = "https://api.github.com"
    webhook_secret: str | None = field(default=None, repr=False)
    """What it signs events with; None takes none."""


@dataclass(frozen=True, kw_only=True)
class ModelPrice:
    """What a million tokens of the deployment's model cost."""

    input_dollars: float
    output_dollars: float


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where things are kept and how models are reached."""

    home: Path
    """Everything that perfsmith remembers: the database, environments, the folders of runs."""
    database_url: str
    upgrades_database: bool = True
    """Whether whoever opens the database brings its tables to this release; else only `perfsmith migrate` does."""
    openai_api_key: str | None = field(default=None, repr=False)
    openai_base_url: str | None = None
    model: str | None = None
    model_price: ModelPrice | None = None
    """Of `model` at `openai_base_url`; None for the published one."""
    github: GitHubSettings = field(default_factory=GitHubSettings)
    sources: Sources = ANYWHERE_PUBLIC
    """Where repositories may come from, and how large they may be."""
    archive_bytes: int = 100 << 20
    """Of an archive that comes over the network: it is kept in the database."""
    work: Work = field(default_factory=Work)

    @property
    def archive_too_large(self) -> str:
        """In words: which limit was exceeded, and who can raise it."""
        return f"it is larger than {self.archive_bytes} bytes, the limit of PERFSMITH_ARCHIVE_BYTES"

    @property
    def environments(self) -> Path:
        """Environments by content."""
        return self.home / "environments"

    @property
    def scratch(self) -> Path:
        """Checkouts of running sandboxes."""
        return self.home / "scratch"

    @property
    def messages(self) -> Path:
        """Messages to workers, where no broker is set."""
        return self.home / "queue"

    def sign_of_life(self, process: str) -> Path:
        """A file that this process (worker or beat) touches in each of its rounds."""
        return self.home / f"{process}.alive"

    def workspace(self, run_id: str) -> Path:
        """The folder of a run: its source tree, its lock and what it hands out."""
        return self.home / "runs" / run_id


def read_settings(environment: Mapping[str, str]) -> Settings:
    """PERFSMITH_HOME, PERFSMITH_DATABASE_URL, PERFSMITH_UPGRADE_DATABASE, PERFSMITH_ARCHIVE_BYTES, PERFSMITH_MODEL,
    OPENAI_API_KEY and OPENAI_BASE_URL, with their defaults, and what `ModelPrice`, `GitHubSettings`, `Sources` and `Work` are made
    from. ConfigError for a value that makes no sense.
    """
    home = Path(environment.get("PERFSMITH_HOME") or platformdirs.user_data_path("perfsmith")).expanduser().absolute()
    return Settings(
        home=home,
        database_url=environment.get("PERFSMITH_DATABASE_URL") or f"sqlite:///{home / 'perfsmith.db'}",
        upgrades_database=_switch(environment, "PERFSMITH_UPGRADE_DATABASE", default="1"),
        openai_api_key=environment.get("OPENAI_API_KEY") or None,
        openai_base_url=environment.get("OPENAI_BASE_URL") or None,
        model=environment.get("PERFSMITH_MODEL") or None,
        model_price=_model_price(environment),
        github=_github(environment),
        sources=_sources(environment),
        archive_bytes=_number(environment, "PERFSMITH_ARCHIVE_BYTES", Settings.archive_bytes),
        work=_work(environment),
    )


def _model_price(environment: Mapping[str, str]) -> ModelPrice | None:
    names = ("PERFSMITH_MODEL_INPUT_PRICE", "PERFSMITH_MODEL_OUTPUT_PRICE")
    given = {name: value for name in names if (value := environment.get(name))}
    for name, value in given.items():
        if not _PRICE.fullmatch(value):
            raise ConfigError(f"{name} is {value!r}; it must be dollars for a million tokens, such as 0.25")
    if len(given) == 1:
        raise ConfigError(f"set both {names[0]} and {names[1]}, or neither")
    return ModelPrice(input_dollars=float(given[names[0]]), output_dollars=float(given[names[1]])) if given else None


def _github(environment: Mapping[str, str]) -> GitHubSettings:
    usual = GitHubSettings()
    url, api_url = environment.get("PERFSMITH_GITHUB_URL"), environment.get("PERFSMITH_GITHUB_API_URL")
    if bool(url) != bool(api_url):
        raise ConfigError(
            "PERFSMITH_GITHUB_URL and PERFSMITH_GITHUB_API_URL belong together, as https://HOST and https://HOST/api/v3: else "
            "tokens for one server would go to another"
        )
    return GitHubSettings(
        url=url or usual.url,
        api_url=api_url or usual.api_url,
        webhook_secret=environment.get("PERFSMITH_GITHUB_WEBHOOK_SECRET") or None,
    )


def _work(environment: Mapping[str, str]) -> Work:
    usual = Work()
    return Work(
        broker_url=_broker(environment),
        lease_seconds=_number(environment, "PERFSMITH_LEASE_SECONDS", int(usual.lease_seconds)),
        grace_seconds=_number(environment, "PERFSMITH_GRACE_SECONDS", int(usual.grace_seconds)),
        recover_seconds=_number(environment, "PERFSMITH_RECOVER_SECONDS", int(usual.recover_seconds)),
        unable_hours=_number(environment, "PERFSMITH_UNABLE_HOURS", usual.unable_hours),
        free_bytes=_number(environment, "PERFSMITH_FREE_BYTES", usual.free_bytes),
        machine=environment.get("PERFSMITH_MACHINE") or usual.machine,
        log_format=_log_format(environment),
    )


def _broker(environment: Mapping[str, str]) -> str | None:
    """The URL, which no message repeats: it may hold a password."""
    given = environment.get("PERFSMITH_BROKER_URL") or None
    if given is not None and given.partition("://")[0] not in _BROKERS:
        raise ConfigError(
            f"PERFSMITH_BROKER_URL has the scheme {given.partition(':')[0]!r}; good ones are redis://HOST:6379/0 and "
            "rediss://:PASSWORD@HOST:6379/0, or none at all for one machine"
        )
    return given


def _log_format(environment: Mapping[str, str]) -> str:
    given = environment.get("PERFSMITH_LOG_FORMAT") or _LOG_FORMATS[0]
    if given not in _LOG_FORMATS:
        raise ConfigError(f"PERFSMITH_LOG_FORMAT is {given!r}; it must be {' or '.join(_LOG_FORMATS)}")
    return given


def _sources(environment: Mapping[str, str]) -> Sources:
    return Sources(
        schemes=_schemes(environment),
        private_addresses=_switch(environment, "PERFSMITH_ALLOW_PRIVATE_ADDRESSES"),
        limits=Limits(
            seconds=_number(environment, "PERFSMITH_SOURCE_SECONDS", int(DEFAULT_LIMITS.seconds)),
            size_bytes=_number(environment, "PERFSMITH_SOURCE_BYTES", DEFAULT_LIMITS.size_bytes),
            files=_number(environment, "PERFSMITH_SOURCE_FILES", DEFAULT_LIMITS.files),
        ),
    )


def _schemes(environment: Mapping[str, str]) -> tuple[str, ...]:
    given = environment.get("PERFSMITH_URL_SCHEMES") or ",".join(DEFAULT_SCHEMES)
    schemes = tuple(scheme.strip().lower() for scheme in given.split(",") if scheme.strip())
    unknown = [scheme for scheme in schemes if scheme not in KNOWN_SCHEMES]
    if unknown:
        raise ConfigError(f"PERFSMITH_URL_SCHEMES names {unknown[0]!r}; known: {', '.join(KNOWN_SCHEMES)}")
    return schemes


def _switch(environment: Mapping[str, str], name: str, *, default: str = "0") -> bool:
    given = environment.get(name) or default
    if given not in {"0", "1"}:
        raise ConfigError(f"{name} is {given!r}; it must be 0 or 1")
    return given == "1"


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    given = environment.get(name) or str(default)
    if not _NUMBER.fullmatch(given) or not 0 < int(given) <= _MOST:
        raise ConfigError(f"{name} is {given!r}; it must be a whole number from 1 to {_MOST}")
    return int(given)
