"""`perfsmith images` with an engine that has three."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console
from typer.testing import CliRunner

from cli.app import app
from cli.images import print_images
from core.errors import ConfigError, SandboxError
from sandbox.images import Image
from worker.backends import TABLE


def kept(name: str, *, day: int, unused_days: float) -> Image:
    return Image(
        id=f"sha256:{name * 16}",
        environment_key=f"{name}-key",
        run=f"{name}-run",
        created_at=datetime(2026, 11, day, 12, tzinfo=UTC),
        last_used_at=NOW - timedelta(days=unused_days),
        size_bytes=400_000_000,
    )


NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
IMAGES = (kept("new", day=20, unused_days=0.5), kept("mid", day=10, unused_days=9), kept("old", day=1, unused_days=40))


@dataclass(frozen=True, kw_only=True)
class Engine:
    """Keeps the images; an absent one can't be reached."""

    base: str = "perfsmith-base"
    absent: bool = False

    def prepare(self) -> None:
        """As a sandbox does."""

    def open(self) -> None:
        """As a sandbox does."""

    def examine(self) -> None:
        """As a sandbox does."""

    def images(self) -> Sequence[Image]:
        if self.absent:
            raise SandboxError("no Docker engine answers at unix:///nowhere")
        return IMAGES

    def prune(self, *, unused_days: float) -> Sequence[Image]:
        return tuple(image for image in IMAGES if NOW - image.last_used_at >= timedelta(days=unused_days))

    def has_base(self) -> bool:
        return not self.absent

    def build_base(self, *, source: str) -> str:
        return f"{self.base} from {source}"


@dataclass(frozen=True, kw_only=True)
class NoEngine(Engine):
    """An engine that does not answer."""

    absent: bool = True


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLE["sandbox"], "docker", f"{__name__}:Engine")


def printed(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["images", *arguments])
    assert result.exit_code == 0, result.exception
    return result.stdout


def test_images_are_listed_with_the_newest_first() -> None:
    lines = printed().splitlines()

    assert lines[0].split() == ["image", "environment", "run", "created", "last", "used", "size"]
    assert [line.split()[0] for line in lines[1:]] == ["newnewnewnew", "midmidmidmid", "oldoldoldold"]
    assert "new-key" in lines[1]
    assert "new-run" in lines[1]
    assert lines[1].endswith("400 MB")


@pytest.mark.parametrize(
    ("arguments", "removed"),
    [
        ([], "Removed 1 image"),
        (["--unused-days", "5"], "Removed 2 images"),
        (["--unused-days", "100"], "nothing to remove"),
        (["--all"], "Removed 3 images"),
    ],
)
def test_images_that_are_long_unused_are_removed(arguments: list[str], removed: str) -> None:
    assert printed("prune", *arguments).splitlines()[-1] == removed


def test_all_and_a_number_of_days_exclude_each_other() -> None:
    result = CliRunner().invoke(app, ["images", "prune", "--all", "--unused-days", "3"])
    assert isinstance(result.exception, ConfigError)


def test_the_base_image_is_built_from_the_image_that_is_named() -> None:
    assert printed("base", "--from", "debian:12") == "Built perfsmith-base from debian:12\n"
    assert printed("base", "--option", "docker.base=mine") == "Built mine from python:3-slim\n"


def test_an_option_of_another_backend_is_refused() -> None:
    result = CliRunner().invoke(app, ["images", "base", "--option", "bubblewrap.processes=3"])
    assert isinstance(result.exception, ConfigError)


def test_without_an_engine_the_reason_is_an_error_and_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLE["sandbox"], "docker", f"{__name__}:NoEngine")
    result = CliRunner().invoke(app, ["images"])

    assert isinstance(result.exception, SandboxError)
    assert result.stdout == ""


def test_no_images_are_said_to_be_none() -> None:
    console = Console(file=io.StringIO(), width=80, record=True)
    print_images([], console=console)
    assert console.export_text() == "no images yet\n"


def test_hostile_labels_are_shown_and_not_obeyed() -> None:
    console = Console(file=io.StringIO(), width=80, record=True)
    print_images([replace(IMAGES[0], environment_key="\x1b[2J[red]key", run="\u202erun\n\x07")], console=console)

    text = console.export_text()
    assert "[red]key" in text
    assert {character for character in text if not (character.isprintable() or character == "\n")} == set()
