"""Proposals from files, one for each candidate: for demonstrations, for tests, and to try what somebody wrote by hand.

The directory holds, in the order of their names (numbers count as numbers: 9 comes before 10), files of three kinds; others
are passed over:

- `*.patch`: a unified diff against the run's revision;
- `*.txt`: a model's answer with search/replace blocks or JSON edits (see `agent.proposers.edits`), for the parent's code;
- `*.json`: an object with either `patch` (text) or `edits` (a list of `path`, `search`, `replace`), and where wanted
  `direction`, `rationale`, `tokens` and `dollars`.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from agent.proposers import edits
from agent.proposers.revision import patch_of
from core import patch as patches
from core.candidate import Proposal
from core.errors import ConfigError, ProposalError
from core.proposing import Brief
from core.protocols import Ledger
from core.spend import NOTHING, Spend

_SUFFIXES = (".patch", ".txt", ".json")


@dataclass(frozen=True, kw_only=True)
class Replay:
    """The nth proposal of a run is the nth file."""

    directory: Path

    @property
    def name(self) -> str:
        """As shown to people."""
        return "replay"

    def propose(self, brief: Brief, ledger: Ledger) -> Proposal | None:  # noqa: ARG002 - no model is asked
        """The next file's proposal; None after the last. ProposalError names a file that can't be used, ConfigError the
        directory when it holds nothing to replay.
        """
        files = _files(Path(self.directory))
        done = sum(candidate.proposal.proposer == self.name for candidate in brief.history)
        if done >= len(files):
            return None
        file = files[done]
        readers: Mapping[str, Callable[[str, Brief], Proposal]] = {
            ".patch": self._of_patch,
            ".txt": self._of_answer,
            ".json": self._of_json,
        }
        try:
            return readers[file.suffix](file.read_bytes().decode(), brief)
        except (OSError, ValueError, RecursionError) as error:
            raise ProposalError(f"{file.name}: {error}", direction=file.stem) from error

    def _of_patch(self, text: str, brief: Brief) -> Proposal:  # noqa: ARG002 - a reader like the others
        return self._proposal(patch=_readable(text))

    def _of_answer(self, text: str, brief: Brief) -> Proposal:
        answer = edits.read(text)
        return self._proposal(patch=patch_of(answer.edits, brief), rationale=answer.rationale)

    def _of_json(self, text: str, brief: Brief) -> Proposal:
        content = json.loads(text)
        fields = content if isinstance(content, dict) else {}
        if ("patch" in fields) is ("edits" in fields):
            raise ValueError('the JSON must be an object with either "patch" or "edits"')
        patch = _readable(str(fields["patch"])) if "patch" in fields else patch_of(edits.of_json(fields).edits, brief)
        return self._proposal(
            patch=patch,
            rationale=str(fields.get("rationale", "")),
            direction=str(fields.get("direction", self.name)),
            spend=Spend(tokens=int(_number(fields, "tokens")), dollars=_number(fields, "dollars")),
        )

    def _proposal(
        self, *, patch: str, rationale: str = "", direction: str = "replay", spend: Spend = NOTHING
    ) -> Proposal:
        return Proposal(patch=patch, rationale=rationale, direction=direction, proposer=self.name, spend=spend)


def _files(directory: Path) -> list[Path]:
    found = [path for path in directory.iterdir() if path.suffix in _SUFFIXES] if directory.is_dir() else []
    if not found:
        raise ConfigError(f"{directory} holds nothing to replay: no file that ends in {', '.join(_SUFFIXES)}")
    return sorted(found, key=lambda path: _natural(path.name))


def _natural(name: str) -> list[tuple[int, str]]:
    """Sorts runs of digits as numbers and before letters."""
    parts = re.split(r"([0-9]+)", name)
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts if part]


def _readable(patch: str) -> str:
    """`patch`, once it is known to be a patch; whether it applies is for the evaluation to see."""
    patches.read(patch)
    return patch


def _number(fields: Mapping[str, object], key: str) -> float:
    value = fields.get(key, 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise ValueError(f'"{key}" is {value!r}; it must be a number that is not negative')
    return value
