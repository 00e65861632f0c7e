"""The process that attends to the events of a GitHub App until it is told to end."""

import os
import re
import secrets
import signal
import socket
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path

from core.errors import ConfigError
from sandbox.scratch import claimed
from worker.github.app import App
from worker.github.attending import Office
from worker.github.delivery import Delivery
from worker.github.inputs import Given, choice, number, request_of
from worker.logs import start_logging
from worker.memory import opened
from worker.queueing.app import make_celery, make_nudge
from worker.settings import GitHubSettings, Settings

PREFIX = "PERFSMITH_GITHUB_"
AT_A_TIME = 16
_ACCOUNT = re.compile(r"[a-z0-9_-]+")


def serve_github(settings: Settings, environment: Mapping[str, str]) -> None:
    """Attend until SIGTERM, which leaves what is not done to the next process. ConfigError for settings that make no sense."""
    start_logging(settings.work.log_format)
    given = Given(prefix=PREFIX, environment=environment)
    usual, dollars_per_day = request_of(given, sandbox="bubblewrap"), number(given, "DOLLARS_PER_DAY")
    if dollars_per_day is not None and (usual.budget.dollars or 0.0) > dollars_per_day:
        raise ConfigError(
            f"{PREFIX}DOLLARS is {usual.budget.dollars:g}, more than {PREFIX}DOLLARS_PER_DAY, {dollars_per_day:g}: no event could "
            "be worked on"
        )
    app, owners, over = read_app(given, settings.github), read_owners(given), threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: over.set())
    with claimed(settings.scratch) as folder, opened(settings) as store:
        # Where there is room, and where the next process removes what this one leaves when it is killed.
        tempfile.tempdir = str(folder)
        Office(
            app=app,
            usual=usual,
            delivery=choice(Delivery, given, "DELIVERY"),
            judge_label=given.get("JUDGE_LABEL") or "performance",
            owners=owners,
            dollars_per_day=dollars_per_day,
            public_url=environment.get("PERFSMITH_PUBLIC_URL", "").strip(),
            store=store,
            settings=settings,
            nudge=make_nudge(make_celery(settings)),
            over=over,
            name=f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}",
        ).attend(at_a_time=AT_A_TIME)


def read_app(given: Given, github: GitHubSettings) -> App:
    """The App that the variables describe."""
    missing = [name for name in ("APP_ID", "APP_KEY") if not given.get(name)]
    if missing:
        raise ConfigError(f"{PREFIX}{missing[0]} is not set; docs/github-app.md says how an App is made")
    try:
        key = Path(given.get("APP_KEY")).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the file in {PREFIX}APP_KEY can't be read: {error}") from error
    return App(id=given.get("APP_ID"), key=key, api_url=github.api_url)


def read_owners(given: Given) -> frozenset[str]:
    """The accounts whose repositories are worked on; ConfigError for none: whoever installs the App would spend our money."""
    owners = frozenset(given.get("OWNERS").lower().replace(",", " ").split())
    if not owners:
        raise ConfigError(f"{PREFIX}OWNERS is not set; it names the accounts whose repositories are worked on")
    odd = sorted(owner for owner in owners if not _ACCOUNT.fullmatch(owner))
    if odd:
        raise ConfigError(f"{PREFIX}OWNERS names {odd[0]!r}, which is no account of GitHub's, such as octocat")
    return owners
