"""The public interface of the modules that a candidate edits: what others can name and how they may call it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.candidate import CheckResult, Verdict
from core.execution import Command, ExecResult, tail_of
from core.protocols import Sandbox, Trial

RESULT = "interface.json"
TIMEOUT_SECONDS = 60.0
SHOWN = 5
"""How many added names are named."""
_UNTOLD = "something that only running it would tell"
"""What the outline says of a name that an import or an assignment binds."""
_IMPORTED = " (imported)"
"""Ends the names that an imported module has from others: no interface of its own."""

Names = Mapping[str, str]
"""What stands there, by the qualified name of what is public in a module."""
Said = Mapping[str, Names | str]
"""By the module's path; a text instead says why there is nothing."""


@dataclass(kw_only=True)
class InterfaceUnchanged:
    """Compares public names, signatures, classes and what kind each thing is: as text, and as the imported modules show it.

    The text is read where none of the candidate's code runs, so that it can't be lied about. Added names are fine.
    """

    timeout_seconds: float = TIMEOUT_SECONDS
    known: dict[str, Names | str] = field(default_factory=dict, init=False)
    """What the original's modules showed when they were imported, by path."""

    @property
    def name(self) -> str:
        """As shown to people."""
        return "public interface"

    def prepare(self, original: Sandbox) -> None:
        """Nothing: what the original has to show depends on what a candidate edits."""

    def check(self, trial: Trial) -> CheckResult:
        """Whether all that was public in the edited modules still is, and as it was."""
        edited = sorted(path for path in trial.changes if path.endswith(".py") and path in trial.sources)
        if not edited:
            return CheckResult(check=self.name, passed=True)
        before, after = self._texts(trial, edited)
        changed = next(_changes(before, after), None)
        if changed is None:
            changed = next(_changes(*self._imported_on_both_sides(trial, edited)), None)
        if changed is not None:
            path, what = changed
            reason = f"the public interface of {path} changed: {what}"
            return CheckResult(
                check=self.name, passed=False, reason=reason, verdict=Verdict.BEHAVIOUR_CHANGED, witness=what
            )
        return CheckResult(check=self.name, passed=True, reason=_added(before, after))

    def _texts(self, trial: Trial, edited: Sequence[str]) -> tuple[Said, Said]:
        """What the texts say, before and after; a module that was deleted says nothing."""
        texts = {f"before:{path}": trial.sources[path] for path in edited}
        texts |= {f"after:{path}": text for path in edited if (text := trial.changes[path]) is not None}
        layout = trial.original.layout
        argv = (layout.python, "-I", str(layout.plugins / "perfsmith_outline.py"))
        given = json.dumps(texts).encode()
        result = trial.original.run(Command(argv=argv, stdin=given, timeout_seconds=self.timeout_seconds))
        said = _read(result.stdout.data)
        return _named(said, "before:"), _named(said, "after:")

    def _imported_on_both_sides(self, trial: Trial, edited: Sequence[str]) -> tuple[Said, Said]:
        """What the modules show when they are imported; the original's are looked at once."""
        modules = [path for path in edited if not path.endswith("__main__.py") and trial.changes[path] is not None]
        unknown = [path for path in modules if path not in self.known]
        if unknown:
            self.known.update(self._imported(trial.original, unknown))
        importable = [path for path in modules if not isinstance(self.known[path], str)]
        shown = self._imported(trial.candidate, importable) if importable else {}
        return {path: self.known[path] for path in importable}, shown

    def _imported(self, sandbox: Sandbox, paths: Sequence[str]) -> Said:
        layout = sandbox.layout
        harness, result = str(layout.plugins / "perfsmith_interface.py"), str(layout.out / RESULT)
        argv = (layout.python, harness, result, *paths)
        seen = sandbox.run(Command(argv=argv, timeout_seconds=self.timeout_seconds, collect=(RESULT,)))
        said = _read(seen.files.get(RESULT, b""))
        return {path: said.get(path, _silence(seen)) for path in paths}


def _silence(result: ExecResult) -> str:
    return f"the process that imported it ended early ({tail_of(result.failure, lines=1)})"


def _read(data: bytes) -> dict[str, Names | str]:
    """The descriptions by path; whatever else is there was written by nobody whom we asked."""
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    entries = said.items() if isinstance(said, dict) else ()
    return {path: names for path, names in entries if isinstance(names, str) or _is_names(names)}


def _named(said: Said, prefix: str) -> Said:
    return {key.removeprefix(prefix): names for key, names in said.items() if key.startswith(prefix)}


def _is_names(names: object) -> bool:
    return isinstance(names, dict) and all(isinstance(text, str) for text in names.values())


def _changes(before: Said, after: Said) -> Iterator[tuple[str, str]]:
    """Modules whose interface is not what it was, and the first difference of each."""
    for path, names in before.items():
        if isinstance(names, str):
            # What can't be imported on its own now could not be before.
            continue
        now = after.get(path, {})
        if isinstance(now, str):
            yield path, f"it can't be imported any more: {now}"
            continue
        for name, text in names.items():
            instead = now.get(name, now.get(f"{name}{_IMPORTED}"))
            if name.endswith(_IMPORTED):
                continue
            if instead is None:
                yield path, f"{name if text in {_UNTOLD, 'a value'} else text} is gone"
            elif text != instead and _UNTOLD not in {text, instead}:
                yield path, f"{text} became {instead}"


def _added(before: Said, after: Said) -> str:
    pairs = [(names, after.get(path, {})) for path, names in before.items()]
    added = [
        name
        for old, new in pairs
        if not isinstance(old, str) and not isinstance(new, str)
        for name in new
        if name not in old and not name.rpartition(".")[2].startswith("__")
    ]
    if not added:
        return ""
    more = f" and {len(added) - SHOWN} more" if len(added) > SHOWN else ""
    return f"public names were added: {', '.join(added[:SHOWN])}{more}"
