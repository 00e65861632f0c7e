"""The Dockerfile: what it copies is there, what it starts are commands, and what runs is not root and carries no compiler."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.deploy.composition import OURS, ROOT, services

INSTRUCTION = re.compile(r"(?m)^([A-Z]+) +(.+(?:(?<=\\)\n.*)*)")
COMPILERS = ("gcc", "g++", "make", "build-essential", "-dev", "python3-pip", "cargo")


@dataclass
class Stage:
    """One FROM and what follows."""

    name: str
    base: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, instruction: str) -> list[str]:
        """The arguments of each such instruction."""
        return [words for name, words in self.instructions if name == instruction]


def stages() -> dict[str, Stage]:
    """By name."""
    found: dict[str, Stage] = {}
    stage = Stage("", "")
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.startswith("#")]
    for instruction, words in INSTRUCTION.findall("\n".join(lines)):
        if instruction == "FROM":
            base, _, name = words.partition(" AS ")
            stage = found[name] = Stage(name, base)
        stage.instructions.append((instruction, words))
    return found


STAGES = stages()


def copied() -> Iterator[Sequence[str]]:
    """The sources of each COPY from the checkout."""
    for stage in STAGES.values():
        for words in stage.all("COPY"):
            if not words.startswith("--from="):
                yield words.split()[:-1]


def test_everything_that_is_copied_is_there_and_not_ignored() -> None:
    ignore = (ROOT / ".dockerignore").read_text().splitlines()
    sources = [source for each in copied() for source in each]
    assert all((ROOT / source).exists() for source in sources)
    assert sorted(f"!{source}" for source in sources) == sorted(line for line in ignore if line.startswith("!"))


def test_every_package_of_the_wheel_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    files = [project["project"]["readme"], *project["project"]["license-files"]]
    assert {source for each in copied() for source in each} == {*packages, *files, "pyproject.toml", "uv.lock"}


def test_packages_come_from_the_lock_file_by_the_uv_that_made_it() -> None:
    build = " ".join(STAGES["build"].all("RUN"))
    (wanted,) = re.findall(r"(?m)^UV_VERSION := (.+)$", (ROOT / "Makefile").read_text())
    assert f"uv=={wanted}" in build
    assert build.count("uv sync --frozen --no-dev") == build.count("uv sync")


@pytest.mark.parametrize("name", ["service", "worker"])
def test_what_runs_is_no_root_and_carries_no_build_tools(name: str) -> None:
    stage = STAGES[name]
    assert stage.all("USER")[-1] == "10001:10001"
    assert stage.instructions[-1][0] in {"USER", "CMD"}
    installed = " ".join(stage.all("RUN"))
    assert not [tool for tool in COMPILERS if tool in installed]
    assert "rm -rf /var/lib/apt/lists/*" in installed


def test_both_images_are_built_by_the_file_of_the_services_that_run_them() -> None:
    targets = {name: services()[name].facts["build"]["target"] for name in OURS}
    assert set(targets.values()) == {"service", "worker"}
    assert [name for name, target in targets.items() if target == "worker"] == ["worker"]
    for name in OURS:
        facts = services()[name].facts
        assert facts["image"].startswith(f"perfsmith/{targets[name]}:")
        assert facts["user"] == STAGES["service"].all("USER")[-1]
        arguments = {words.partition("=")[0] for stage in STAGES.values() for words in stage.all("ARG")}
        assert facts["build"]["args"].keys() - arguments <= {"PYTHON"}


@pytest.mark.parametrize("name", OURS)
def test_what_a_service_starts_is_a_command_that_knows_its_flags(name: str) -> None:
    (entry,) = STAGES["service"].all("ENTRYPOINT")
    assert entry == '["perfsmith"]'
    command, *flags = services()[name].command
    perfsmith = Path(sys.executable).parent / "perfsmith"
    said = subprocess.run([perfsmith, command, "--help"], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert [flag for flag in flags if flag.startswith("--") and flag not in said.stdout] == []


@pytest.mark.parametrize("name", ["api", "web", "beat", "worker"])
def test_what_a_service_keeps_is_in_a_volume(name: str) -> None:
    (variables,) = STAGES["service"].all("ENV")
    assert "PERFSMITH_HOME=/var/lib/perfsmith" in variables
    assert f"{name}:/var/lib/perfsmith" in services()[name].facts["volumes"]
