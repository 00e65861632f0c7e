"""Proposes rewrites that keep behaviour, from the catalogue in agent/rules, for hot functions only. No model, no cost.

The first proposal is everything at once: one verdict for the common case. Then every rule at every place alone, those
that promise most first. What was tried is read from the history, so that asking again asks for the next one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent.rules.catalogue import Application, Rewrite, applications, combined, load
from agent.rules.hot import HotFunction, hot_functions
from core import patch
from core.candidate import Proposal
from core.proposing import Brief
from core.protocols import Ledger


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The proposer that needs no model."""

    rules: tuple[str, ...] | None = None
    """Names from the catalogue; None for all of them."""
    min_share: float = 0.01
    """A function is hot when its own or its total share of a profile reaches this."""

    def __post_init__(self) -> None:
        load(self.rules)

    @property
    def name(self) -> str:
        """As shown to people."""
        return "rules"

    def propose(self, brief: Brief, ledger: Ledger) -> Proposal | None:  # noqa: ARG002 - no answer to remember
        """The next rewrite that was not tried yet; None when there is none left."""
        tried = {candidate.proposal.patch for candidate in brief.history}
        for proposal in self._proposals(brief):
            if proposal.patch and proposal.patch not in tried:
                return proposal
        return None

    def _proposals(self, brief: Brief) -> Iterator[Proposal]:
        rules = load(self.rules)
        hot = _hot(brief, self.min_share)
        yield self._everything(brief, hot, rules)
        singles = [(path, one) for path in hot for one in applications(brief.sources[path], hot[path], rules)]
        seen: dict[str, int] = {}
        for path, one in sorted(singles, key=lambda single: -single[1].weight):
            place = f"rules/{one.rule.name} at {path}:{one.function}"
            seen[place] = seen.get(place, 0) + 1
            direction = place if seen[place] == 1 else f"{place} #{seen[place]}"
            yield self._single(brief, path, one, direction)

    def _everything(
        self, brief: Brief, hot: Mapping[str, tuple[HotFunction, ...]], rules: tuple[Rewrite, ...]
    ) -> Proposal:
        made = {path: combined(brief.sources[path], functions, rules) for path, functions in hot.items()}
        lines = [f"{path}: {', '.join(used)}" for path, (_, used) in made.items() if used]
        return Proposal(
            patch=_patch(brief, {path: text for path, (text, used) in made.items() if used}),
            rationale="Every rewrite that applies to a hot function. " + "; ".join(lines),
            direction="rules/all",
            proposer=self.name,
        )

    def _single(self, brief: Brief, path: str, one: Application, direction: str) -> Proposal:
        return Proposal(
            patch=_patch(brief, {path: one.text}),
            rationale=f"{one.rule.summary[:1].upper()}{one.rule.summary[1:]}, in {one.function} of {path}.",
            direction=direction,
            proposer=self.name,
        )


def _hot(brief: Brief, min_share: float) -> dict[str, tuple[HotFunction, ...]]:
    """Hot functions of each Python source, the files with a hot function only."""
    spotted = {spot.path for profile in brief.profiles for spot in profile.hotspots}
    paths = sorted(path for path in spotted & brief.sources.keys() if path.endswith(".py"))
    hot = {path: hot_functions(path, brief.sources[path], brief.profiles, min_share=min_share) for path in paths}
    return {path: functions for path, functions in hot.items() if functions}


def _patch(brief: Brief, changed: Mapping[str, str]) -> str:
    """Against the baseline, with all that the parent changed; empty when nothing changed."""
    if not changed:
        return ""
    deleted = dict.fromkeys(brief.baseline_sources.keys() - brief.sources.keys())
    return patch.diff(brief.baseline_sources, {**deleted, **brief.sources, **changed})
