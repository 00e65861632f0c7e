"""Where a problem's configuration is written: perfsmith.toml, or [tool.perfsmith] of pyproject.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigError
from worker.problem.source_tree import read_bounded

OWN_FILE = "perfsmith.toml"
PYPROJECT = "pyproject.toml"


@dataclass(frozen=True, kw_only=True)
class ConfigTable:
    """The keys as written, unchecked."""

    origin: str
    """For people: the file, and the table where the file holds more than ours."""
    values: Mapping[str, object]


NO_TABLE = ConfigTable(origin=OWN_FILE, values={})


def read_config(root: Path) -> ConfigTable:
    """The configuration of the repository at `root`, NO_TABLE without one. ConfigError when it can't be read or is
    written in both places.
    """
    own, shared = read_toml(root, OWN_FILE), _tool_table(read_toml(root, PYPROJECT) or {})
    if own is not None and shared is not None:
        raise ConfigError(f"{OWN_FILE} and [tool.perfsmith] of {PYPROJECT} both exist; keep one of them")
    if own is not None:
        return ConfigTable(origin=OWN_FILE, values=own)
    return NO_TABLE if shared is None else ConfigTable(origin=f"[tool.perfsmith] of {PYPROJECT}", values=shared)


def _tool_table(pyproject: Mapping[str, object]) -> dict[str, object] | None:
    tools = pyproject.get("tool")
    if not isinstance(tools, dict) or "perfsmith" not in tools:
        return None
    table = tools["perfsmith"]
    if not isinstance(table, dict):
        raise ConfigError(f"tool.perfsmith of {PYPROJECT} must be a table: write [tool.perfsmith]")
    return table


def read_toml(root: Path, name: str) -> dict[str, object] | None:
    """The content of a TOML file; None when there is none. ConfigError names the line that is malformed."""
    data = read_bounded(root, name)
    if data is None:
        return None
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{name} is not UTF-8 (at line {line}): TOML must be") from None
    except ValueError as error:
        last = data.count(b"\n") + 1
        reason = str(error).replace("end of document", f"the end, line {last}")
        raise ConfigError(f"{name} is no valid TOML: {reason}") from None
    except RecursionError:
        raise ConfigError(f"{name} is no TOML that can be read: it is nested too deeply") from None
