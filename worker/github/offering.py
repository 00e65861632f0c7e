"""Opens a pull request with the confirmed patch of a run, for somebody who has a token of their own."""

import re
from urllib.parse import urlsplit

from core.errors import ConfigError
from core.run import Record
from worker.github.checkout import head_of, require_commit
from worker.github.client import GitHub
from worker.github.comments import Story, body_of, title_of
from worker.github.events import BRANCHES, Task
from worker.github.fetching import Origin, fetched
from worker.github.pull_request import Place, propose
from worker.result import result_of
from worker.settings import Settings

_NAME = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")
_TOKEN = re.compile(r"[!-~]{1,1000}")


def name_on(url: str, repository: str) -> str | None:
    """OWNER/NAME of a repository of the GitHub at `url`, however its address is written; None for one that is elsewhere."""
    host = urlsplit(url).hostname
    for begin in (f"{url.rstrip('/')}/", f"git@{host}:", f"ssh://git@{host}/"):
        name = repository.removeprefix(begin).rstrip("/").removesuffix(".git")
        if repository.startswith(begin) and _NAME.fullmatch(name):
            return name
    return None


def offer_patch(record: Record, settings: Settings, *, token: str, base: str) -> str:
    """The address of a draft pull request into the branch `base`, or into the repository's own one where that is empty.

    ConfigError when there is no confirmed patch, no such branch, or the repository is not on GitHub; NotAllowedError when the
    token may not, or the code was changed since it was measured. Offering again renews the same pull request.
    """
    run, winner = record.run, record.winner
    name = name_on(settings.github.url, run.problem.repository)
    if name is None or winner is None:
        raise ConfigError(f"run {run.id} has no confirmed patch for a repository on {settings.github.url}")
    if not _TOKEN.fullmatch(token):
        raise ConfigError(
            "the token is none of GitHub's; a fine-grained one needs Contents and Pull requests, read and write"
        )
    github = GitHub(url=settings.github.api_url, repository=name, token=token)
    into = base or github.default_branch()
    origin = Origin(github=github, url=settings.github.url, scratch=settings.scratch, limits=settings.sources.limits)
    with fetched(origin, f"refs/heads/{into}") as folder:
        require_commit(folder, run.problem.revision, limits=origin.limits)
        place = Place(measured=run.problem.revision, onto=head_of(folder), base=into, branch=f"{BRANCHES}{run.id}")
        result = result_of(record)
        story = Story(task=Task.OPTIMIZE_WHOLE, commit=run.problem.revision, result=result)
        title = f"perfsmith: {title_of(result)}"
        return propose(github, folder, place, winner.proposal.patch, title=title, body=body_of(story))
