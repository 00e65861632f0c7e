"""Reads what GitHub gives a step: its inputs, where things are, and the event."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain, count
from pathlib import Path
from typing import TypeVar

from core.errors import ConfigError
from core.run import BackendSpec
from core.spend import Budget
from worker.github.client import GitHub
from worker.github.delivery import Delivery
from worker.options import refuse_stray, specs
from worker.problem.settings import Flags
from worker.submit import Request

_LARGEST_EVENT = 32 << 20
_PREFIX = "PERFSMITH_INPUT_"
_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
Choice = TypeVar("Choice", bound=StrEnum)


class Mode(StrEnum):
    """Where the work is done."""

    RUNNER = "runner"
    SERVER = "server"


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The inputs of the action, checked."""

    server: str
    """Its address; empty to work on the runner."""
    token: str = field(repr=False)
    """Of the server."""
    delivery: Delivery
    judge_label: str
    fails_if_slower: bool
    request: Request
    """Without what the event says."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Where a step is, as GitHub's own variables say."""

    event: str
    payload: Mapping[str, object]
    workspace: Path
    folder: Path
    sha: str
    branch: str
    key: str
    """The same for everything that this attempt of this job asks a server for."""
    github: GitHub | None
    outputs: Path | None
    summary: Path | None
    link: str


@dataclass(frozen=True, kw_only=True)
class Given:
    """The variables whose names begin with the same words."""

    prefix: str
    environment: Mapping[str, str] = field(repr=False)

    def get(self, name: str) -> str:
        """The value of the variable whose name ends so; empty when it is not set."""
        return self.environment.get(f"{self.prefix}{name}", "").strip()

    def called(self, name: str) -> str:
        """What whoever set the variable knows it as: an input of the action, or the variable itself."""
        if self.prefix == _PREFIX:
            return f"the input {name.lower().replace('_', '-')}"
        return f"{self.prefix}{name}"


def read_inputs(environment: Mapping[str, str]) -> Inputs:
    """ConfigError for an input that makes no sense."""
    given = Given(prefix=_PREFIX, environment=environment)
    mode = choice(Mode, given, "MODE")
    if mode is Mode.SERVER and not given.get("SERVER"):
        raise ConfigError("the input server is empty; mode: server needs the address of a perfsmith server")
    return Inputs(
        server=given.get("SERVER") if mode is Mode.SERVER else "",
        token=given.get("TOKEN"),
        delivery=choice(Delivery, given, "DELIVERY"),
        judge_label=given.get("JUDGE_LABEL") or "performance",
        fails_if_slower=_switch(given, "FAIL_IF_SLOWER"),
        request=request_of(given, sandbox="docker"),
    )


def request_of(given: Given, *, sandbox: str) -> Request:
    """The request that the inputs describe, in the usual `sandbox` unless they name another; ConfigError as above."""
    proposers = given.get("PROPOSER").split()
    options = _lines(given, "OPTION")
    names = (given.get("SANDBOX") or sandbox, "greedy", *proposers)
    refuse_stray(options, names)
    backends = specs(names, options)
    return Request(
        repository="",
        flags=Flags(
            editable=_lines(given, "EDITABLE") or None,
            tests=given.get("TESTS") or None,
            workload=_lines(given, "WORKLOAD") or None,
            setup=_lines(given, "SETUP") or None,
        ),
        sandbox=backends[0],
        strategy=BackendSpec(name="greedy", options=backends[1].options),
        proposers=backends[2:],
        budget=Budget(
            candidates=_whole(given, "CANDIDATES"),
            dollars=number(given, "DOLLARS"),
            tokens=_whole(given, "TOKENS"),
            seconds=number(given, "SECONDS"),
        ),
    )


def read_surroundings(environment: Mapping[str, str]) -> Surroundings:
    """ConfigError when this is no step of a workflow."""
    place = _required(environment, "GITHUB_WORKSPACE")
    repository, run = _required(environment, "GITHUB_REPOSITORY"), environment.get("GITHUB_RUN_ID", "0")
    sha, ref = _required(environment, "GITHUB_SHA"), environment.get("GITHUB_REF", "")
    if not _SHA.fullmatch(sha):
        raise ConfigError(f"GITHUB_SHA is {sha!r}; it must be a commit's full id")
    token = environment.get(f"{_PREFIX}GITHUB_TOKEN", "").strip()
    api = environment.get("GITHUB_API_URL") or "https://api.github.com"
    web = environment.get("GITHUB_SERVER_URL") or "https://github.com"
    parts = (repository, run, environment.get("GITHUB_RUN_ATTEMPT", "1"), environment.get("GITHUB_JOB", ""))
    event = _required(environment, "GITHUB_EVENT_NAME")
    temporary = Path(environment.get("RUNNER_TEMP") or place)
    output = environment.get(f"{_PREFIX}OUTPUT", "").strip()
    return Surroundings(
        event=event,
        payload=_payload(Path(_required(environment, "GITHUB_EVENT_PATH"))),
        workspace=Path(place),
        folder=Path(output) if output else _unused(temporary),
        sha=sha,
        branch=ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else "",
        key=":".join(parts),
        github=GitHub(url=api, repository=repository, token=token) if token else None,
        outputs=_path(environment, "GITHUB_OUTPUT"),
        summary=_path(environment, "GITHUB_STEP_SUMMARY"),
        link=f"{web}/{repository}/actions/runs/{run}" if run.isdigit() else "",
    )


def _unused(temporary: Path) -> Path:
    """A folder for this step alone: the files of an earlier step of the job may still be wanted."""
    first = temporary / "perfsmith-results"
    more = (temporary / f"perfsmith-results-{number}" for number in count(2))
    return next(folder for folder in chain([first], more) if not folder.exists())


def _payload(path: Path) -> Mapping[str, object]:
    try:
        if path.stat().st_size > _LARGEST_EVENT:
            raise ConfigError(f"the event in {path} is larger than {_LARGEST_EVENT} bytes")
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"the event in GITHUB_EVENT_PATH {path} can't be read: {error}") from error
    if not isinstance(found, dict):
        raise ConfigError(f"the event in {path} is no object")
    return found


def _required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise ConfigError(
            f"{name} is not set: `perfsmith action` is the step of the GitHub Action, and nothing to be typed"
        )
    return value


def _path(environment: Mapping[str, str], name: str) -> Path | None:
    value = environment.get(name, "")
    return Path(value) if value else None


def _lines(given: Given, name: str) -> list[str]:
    return [line.strip() for line in given.get(name).splitlines() if line.strip()]


def choice(kind: type[Choice], given: Given, name: str) -> Choice:
    """What an input chooses, the first one where it is empty; ConfigError for another word."""
    value = given.get(name) or next(iter(kind))
    if value not in list(kind):
        raise ConfigError(f"{given.called(name)} is {value!r}; it must be {' or '.join(kind)}")
    return kind(value)


def _switch(given: Given, name: str) -> bool:
    value = given.get(name) or "false"
    if value not in {"true", "false"}:
        raise ConfigError(f"{given.called(name)} is {value!r}; it must be true or false")
    return value == "true"


def _whole(given: Given, name: str) -> int | None:
    found = number(given, name)
    if found is not None and not found.is_integer():
        raise ConfigError(f"{given.called(name)} is {given.get(name)!r}; it must be a whole number")
    return None if found is None else int(found)


def number(given: Given, name: str) -> float | None:
    """The number of an input, None where it is empty; ConfigError where it is none, or negative."""
    value = given.get(name)
    if not value:
        return None
    try:
        found = float(value)
    except ValueError:
        found = -1.0
    if not 0 <= found < float("inf"):
        raise ConfigError(f"{given.called(name)} is {value!r}; it must be a number that is not negative")
    return found
