"""Where repositories may come from, as the deployment's environment says it."""

import pytest

from core.errors import ConfigError
from sandbox.addresses import ANYWHERE_PUBLIC, Sources
from sandbox.extent import Limits
from worker.settings import read_settings


def sources(**environment: str) -> Sources:
    return read_settings({"PERFSMITH_HOME": "/somewhere", **environment}).sources


def test_the_defaults_are_safe() -> None:
    assert sources() == ANYWHERE_PUBLIC
    assert sources().schemes == ("https", "ssh")
    assert not sources().private_addresses


def test_everything_can_be_set() -> None:
    assert sources(
        PERFSMITH_URL_SCHEMES="https, FILE",
        PERFSMITH_ALLOW_PRIVATE_ADDRESSES="1",
        PERFSMITH_SOURCE_SECONDS="10",
        PERFSMITH_SOURCE_BYTES="1000",
        PERFSMITH_SOURCE_FILES="20",
    ) == Sources(
        schemes=("https", "file"), private_addresses=True, limits=Limits(seconds=10, size_bytes=1000, files=20)
    )


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PERFSMITH_URL_SCHEMES", "https,git", "'git'; known: https, ssh, http, file"),
        ("PERFSMITH_URL_SCHEMES", "ext", "'ext'; known"),
        ("PERFSMITH_ALLOW_PRIVATE_ADDRESSES", "yes", "'yes'; it must be 0 or 1"),
        ("PERFSMITH_SOURCE_SECONDS", "0", "a whole number from 1"),
        ("PERFSMITH_SOURCE_BYTES", "1G", "a whole number from 1"),
        ("PERFSMITH_ARCHIVE_BYTES", "100M", "a whole number from 1"),
        ("PERFSMITH_SOURCE_FILES", "-3", "a whole number from 1"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_with_those_that_do(name: str, value: str, words: str) -> None:
    with pytest.raises(ConfigError, match=rf"{name} .*{words}"):
        sources(**{name: value})


@pytest.mark.parametrize(
    "name", ["PERFSMITH_URL_SCHEMES", "PERFSMITH_ALLOW_PRIVATE_ADDRESSES", "PERFSMITH_SOURCE_SECONDS"]
)
def test_an_empty_variable_leaves_the_default(name: str) -> None:
    assert sources(**{name: ""}) == ANYWHERE_PUBLIC


@pytest.mark.parametrize("name", ["PERFSMITH_GITHUB_URL", "PERFSMITH_GITHUB_API_URL"])
def test_a_github_of_ones_own_needs_both_addresses(name: str) -> None:
    with pytest.raises(ConfigError, match="belong together"):
        sources(**{name: "https://github.example.org"})
