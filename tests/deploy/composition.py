"""docker-compose.yml as it is read: its services with the variables of .env put in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[2]
SECRETS = {"POSTGRES_PASSWORD": "7a1f", "REDIS_PASSWORD": "c40e"}
OURS = ("migrate", "api", "web", "worker", "beat", "github")
"""The services that are perfsmith."""
_VARIABLE = re.compile(r"\$(?:(\$)|\{(\w+)(?:(:-|:\?)([^}]*))?\})")


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service of the file."""

    name: str
    facts: Mapping[str, Any]

    @property
    def command(self) -> Sequence[str]:
        """What follows the image's entry point."""
        return [str(word) for word in self.facts["command"]]

    @property
    def environment(self) -> dict[str, str]:
        """Its variables."""
        return dict(self.facts.get("environment", {}))


def services(variables: Mapping[str, str] = SECRETS) -> dict[str, Service]:
    """All services, with these variables set."""
    found = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return {name: Service(name=name, facts=_filled(facts, variables)) for name, facts in found.items()}


def example() -> dict[str, str]:
    """The variables of .env.example with their values."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def used() -> set[str]:
    """The variables that the file asks for."""
    return {name for _, name, _, _ in _VARIABLE.findall((ROOT / "docker-compose.yml").read_text()) if name}


def _filled(value: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(each, variables) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, variables) for each in value]
    return _VARIABLE.sub(lambda match: _value(match, variables), value) if isinstance(value, str) else value


def _value(match: re.Match[str], variables: Mapping[str, str]) -> str:
    dollar, name, how, word = match.groups()
    if dollar:
        return "$"
    if how == ":?" and not variables.get(name):
        raise KeyError(f"{name}: {word}")
    return variables.get(name) or word or ""
