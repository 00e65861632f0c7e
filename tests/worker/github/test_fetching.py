"""What git says of a repository, and whether trying again could help."""

from pathlib import Path

import pytest

from core.errors import ConfigError
from sandbox.extent import DEFAULT_LIMITS
from sandbox.git import Answer
from worker.github import checkout
from worker.github.checkout import MissingError, fetch
from worker.github.client import NoAnswerError


@pytest.mark.parametrize(
    ("complaint", "kind"),
    [
        ("fatal: couldn't find remote ref refs/pull/7/merge", MissingError),
        ("fatal: remote error: upload-pack: not our ref 1234", MissingError),
        (DEFAULT_LIMITS.too_large, ConfigError),
        ("error: object 1234: zeroPaddedFilemode\nfatal: fsck error in packed object", ConfigError),
        ("fatal: unable to access 'https://x/': The requested URL returned error: 403", ConfigError),
        ("remote: Repository not found.", ConfigError),
        (DEFAULT_LIMITS.too_slow, NoAnswerError),
        ("fatal: unable to access 'https://x/': Could not resolve host: x", NoAnswerError),
        ("fatal: unable to access 'https://x/': The requested URL returned error: 502", NoAnswerError),
    ],
)
def test_only_what_may_pass_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, complaint: str, kind: type[Exception]
) -> None:
    refused = Answer(succeeded=False, output=b"", complaint=complaint)
    monkeypatch.setattr(checkout, "git", lambda *_, **__: refused)
    with pytest.raises(kind) as raised:
        fetch(Path(), "main", depth=1, limits=DEFAULT_LIMITS)
    assert type(raised.value) is kind
