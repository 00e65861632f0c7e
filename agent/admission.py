"""Whether a patch may be tried at all. Nothing is run: its text is read, held against the rules, and applied to texts."""

from collections.abc import Iterator, Mapping, Sequence

from agent.search import Bench
from core import patch as patches
from core.admission import objections, shown
from core.candidate import CheckResult, Proposal, Verdict
from core.disguise import disguises
from core.patch import FileChange

LARGEST_CHARACTERS = 1 << 20
"""Of a file that a patch changes: larger ones are data, and whoever compares the code must be able to read it."""


def admit(proposal: Proposal, bench: Bench) -> tuple[CheckResult | None, Mapping[str, str | None]]:
    """Why the patch may not even be tried, or None and the files it changes."""
    if proposal.problem:
        return refusal(Verdict.INVALID_PATCH, proposal.problem), {}
    if not proposal.patch:
        return None, {}
    try:
        proposal.patch.encode("utf-8", "surrogateescape")
        changes = patches.read(proposal.patch)
        forbidden = next(_forbidden(changes, bench), None)
        if forbidden:
            return refusal(Verdict.FORBIDDEN_EDIT, forbidden), {}
        texts = patches.apply_changes(changes, bench.sources)
    except (patches.PatchError, UnicodeEncodeError) as error:
        return refusal(Verdict.INVALID_PATCH, str(error)), {}
    wrong = next(_without_sense(texts, bench.sources), None)
    if wrong:
        return refusal(Verdict.INVALID_PATCH, wrong), {}
    hidden = next(_hidden(changes, bench.sources, texts), None)
    return (refusal(Verdict.FORBIDDEN_EDIT, hidden), {}) if hidden else (None, texts)


def refusal(verdict: Verdict, reason: str) -> CheckResult:
    """The result of a patch that is not tried."""
    return CheckResult(check="patch", passed=False, reason=reason, verdict=verdict)


def _forbidden(changes: Sequence[FileChange], bench: Bench) -> Iterator[str]:
    yield from objections(changes, bench.grounds)
    paths = [change.path for change in changes if not bench.may_edit(change.path)]
    if paths:
        allowed = ", ".join(glob for glob in bench.problem.editable if not glob.startswith("!"))
        yield f"{', '.join(map(shown, paths))} may not be edited; editable: {allowed}"


def _without_sense(texts: Mapping[str, str | None], before: Mapping[str, str]) -> Iterator[str]:
    if all(text == before.get(path) for path, text in texts.items()):
        yield "the patch changes nothing"
    for path, text in texts.items():
        if text is not None and len(text) > LARGEST_CHARACTERS:
            yield f"{shown(path)} would have {len(text)} characters; {LARGEST_CHARACTERS} are allowed"


def _hidden(changes: Sequence[FileChange], before: Mapping[str, str], after: Mapping[str, str | None]) -> Iterator[str]:
    for change in changes:
        text = after[change.path]
        if text is not None:
            yield from (
                f"{shown(change.path)} hides something: {what}"
                for what in disguises(change, before.get(change.path, ""), text)
            )
