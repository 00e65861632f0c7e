"""Fixes that ruff knows and that make code faster, one rule for each of its codes. Ruff reads the source from stdin and
runs none of it; of its fixes only those inside hot functions are taken.
"""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ruff import find_ruff_bin  # type: ignore[import-untyped]  # ruff ships no types

from agent.rules.hot import HotFunction, lines_of
from agent.rules.rewriting import Change, settled

SAFE_CODES = (
    "C400", "C401", "C402", "C404", "C405", "C406", "C408", "C409", "C410", "C411", "C413", "C414", "C416", "C418", "C420",
    "PERF101", "PERF102", "PLR1714", "PLR1733", "PLR1736", "RUF017", "SIM101", "UP012", "UP018", "UP032",
)  # fmt: skip
"""Taken when ruff itself calls the fix safe."""
UNSAFE_CODES = (
    "C400", "C401", "C402", "C404", "C405", "C406", "C408", "C409", "C410", "C411", "C418", "PERF401", "PERF403", "SIM101",
)  # fmt: skip
"""Also taken when ruff calls the fix unsafe.

C4…: it does so because a comment may go. PERF401, PERF403: for the same, and because a list that is half full when an
exception leaves the loop would be empty. SIM101: because the second class is looked up although the first fits. Left out
are those that change more: C413 and C414 (the order of equals), C416 (a mapping is no sequence of pairs), PLR1714.
"""
_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class _Edit:
    start: int
    end: int
    text: str


@dataclass(frozen=True, kw_only=True)
class _Fix:
    code: str
    row: int
    edits: tuple[_Edit, ...]


@dataclass(frozen=True, kw_only=True)
class RuffRule:
    """One code of ruff."""

    code: str
    gain: float = 0.05

    @property
    def name(self) -> str:
        """As shown to people."""
        return f"ruff-{self.code}"

    @property
    def summary(self) -> str:
        """One line for people."""
        return f"ruff's fix for {self.code}"

    def rewrite(self, source: str, hot: Sequence[HotFunction]) -> str | None:
        """`source` with every fix of this code in hot functions; None when there is none."""
        return settled(source, lambda text: self._round(text, hot))

    def _round(self, source: str, hot: Sequence[HotFunction]) -> str | None:
        fixes = [fix for one in hot for fix in self._fixes(source, one)]
        text = _apply(source, fixes)
        return text if text != source else None

    def each(self, source: str, hot: Sequence[HotFunction]) -> list[Change]:
        """All fixes of this code in one function make one change."""
        texts = [(one.name, self.rewrite(source, (one,))) for one in hot]
        return [Change(function=name, text=text) for name, text in texts if text is not None]

    def _fixes(self, source: str, one: HotFunction) -> list[_Fix]:
        fixes = [fix for fix in _found(source) if fix.code == self.code]
        spans = lines_of(source, (one,)) if fixes else []
        return [fix for fix in fixes if any(fix.row in span for span in spans)]


@lru_cache(maxsize=64)
def _found(source: str) -> tuple[_Fix, ...]:
    codes = ",".join(sorted({*SAFE_CODES, *UNSAFE_CODES}))
    argv = [
        find_ruff_bin(),
        "check",
        "--isolated",
        "--no-cache",
        "--ignore-noqa",
        "--preview",
        "--quiet",
        "--exit-zero",
        "--target-version",
        "py311",
    ]
    asked = [
        *argv,
        "--unsafe-fixes",
        "--output-format",
        "json",
        "--select",
        codes,
        "--stdin-filename",
        "module.py",
        "-",
    ]
    done = subprocess.run(asked, input=source.encode(), capture_output=True, timeout=_SECONDS, check=True)
    starts = _line_starts(source)
    fixes = [_fix(found, starts) for found in json.loads(done.stdout) if found.get("fix") and found.get("code")]
    return tuple(fix for fix in fixes if fix is not None)


def _line_starts(source: str) -> list[int]:
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts


def _fix(found: dict[str, object], starts: list[int]) -> _Fix | None:
    fix, code, place = found["fix"], str(found["code"]), found["location"]
    if not isinstance(fix, dict) or not isinstance(place, dict):
        return None
    safe = fix["applicability"] == "safe" and code in SAFE_CODES
    if not safe and not (fix["applicability"] == "unsafe" and code in UNSAFE_CODES):
        return None
    edits = tuple(
        _Edit(start=_offset(e["location"], starts), end=_offset(e["end_location"], starts), text=e["content"])
        for e in fix["edits"]
    )
    return _Fix(code=code, row=int(place["row"]), edits=edits)


def _offset(place: dict[str, int], starts: list[int]) -> int:
    return starts[place["row"] - 1] + place["column"] - 1


def _apply(source: str, fixes: Sequence[_Fix]) -> str:
    """Of fixes whose edits touch the same text the first is made; the others wait for the next round."""
    taken: list[_Edit] = []
    for fix in sorted(set(fixes), key=lambda fix: min(edit.start for edit in fix.edits)):
        if all(edit.start >= other.end or edit.end <= other.start for edit in fix.edits for other in taken):
            taken += fix.edits
    for edit in sorted(taken, key=lambda edit: edit.start, reverse=True):
        source = source[: edit.start] + edit.text + source[edit.end :]
    return source


def rules() -> tuple[RuffRule, ...]:
    """One rule for each code."""
    return tuple(RuffRule(code=code) for code in sorted({*SAFE_CODES, *UNSAFE_CODES}))
