"""What a repository says about itself: pyproject.toml and setup.cfg, as far as they can be read without running anything."""

import configparser
from collections.abc import Mapping
from dataclasses import dataclass

from worker.problem.config_file import PYPROJECT, read_toml
from worker.problem.source_tree import SourceTree


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """Both files; whatever has another type than it should have is treated as absent."""

    pyproject: Mapping[str, object]
    setup_cfg: Mapping[str, Mapping[str, str]]
    has_setup_py: bool

    def table(self, *keys: str) -> dict[str, object]:
        """The table of pyproject.toml at `keys`; empty when there is none."""
        found = self._at(keys)
        return found if isinstance(found, dict) else {}

    def texts(self, *keys: str) -> tuple[str, ...]:
        """The texts at `keys` of pyproject.toml: one, or those of a list."""
        found = self._at(keys)
        items = found if isinstance(found, list) else [found]
        return tuple(item for item in items if isinstance(item, str))

    def setup_lines(self, section: str, key: str) -> tuple[str, ...]:
        """The lines of a value of setup.cfg."""
        text = self.setup_cfg.get(section, {}).get(key, "")
        return tuple(line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#"))

    @property
    def installable(self) -> str:
        """The file that makes the repository a package; empty when there is none."""
        if {"project", "build-system"} & self.pyproject.keys():
            return PYPROJECT
        return "setup.py" if self.has_setup_py else ""

    def _at(self, keys: tuple[str, ...]) -> object:
        found: object = self.pyproject
        for key in keys:
            if not isinstance(found, dict):
                return None
            found = found.get(key)
        return found


def metadata_of(tree: SourceTree) -> Metadata:
    """What the files of `tree` say. ConfigError when pyproject.toml can't be read."""
    return Metadata(
        pyproject=read_toml(tree.root, PYPROJECT) or {},
        setup_cfg=_sections(tree.text("setup.cfg")),
        has_setup_py="setup.py" in tree.files,
    )


def _sections(text: str) -> dict[str, dict[str, str]]:
    parser = configparser.ConfigParser(interpolation=None, strict=False, default_section="")
    try:
        parser.read_string(text)
    except configparser.Error:
        return {}
    return {name: dict(parser.items(name)) for name in parser.sections()}
