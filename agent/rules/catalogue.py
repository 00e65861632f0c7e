"""Every rewrite by name, and what they make of a source text, one by one or all together."""

import importlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from agent.rules.hot import HotFunction
from agent.rules.rewriting import Change, settled
from core.errors import ConfigError

RULES: dict[str, str] = {
    "seen-list": "agent.rules.seen_list:RULE",
    "filter-set": "agent.rules.filter_set:RULE",
    "invariant-build": "agent.rules.invariant_build:RULE",
    "table-index": "agent.rules.table_index:RULE",
    "set-per-key": "agent.rules.set_per_key:RULE",
    "flat-sum": "agent.rules.flat_sum:RULE",
    "front-pops": "agent.rules.front_pops:RULE",
    "cached-function": "agent.rules.cached_function:RULE",
    "compiled-regex": "agent.rules.compiled_regex:RULE",
    "any-all": "agent.rules.any_all:RULE",
    "most-common": "agent.rules.most_common:RULE",
    "cached-compile": "agent.rules.cached_compile:RULE",
    "constant-collections": "agent.rules.constant_collections:RULE",
    "repeated-subscripts": "agent.rules.repeated_subscripts:RULE",
    "keys-membership": "agent.rules.keys_membership:RULE",
    "membership-literal": "agent.rules.membership_literal:RULE",
    "grouping": "agent.rules.grouping:RULE",
    "generator-arguments": "agent.rules.generator_arguments:RULE",
    "range-len": "agent.rules.range_len:RULE",
    "needless-copies": "agent.rules.needless_copies:RULE",
    "module-attributes": "agent.rules.module_attributes:RULE",
    "ruff": "agent.rules.ruff_fixes:rules",
}
"""Name → where it is; the last one makes a rule for each code of ruff. In the order in which they are applied together."""


class Rewrite(Protocol):
    """A rule, ours or ruff's."""

    @property
    def name(self) -> str:
        """As shown to people."""

    @property
    def summary(self) -> str:
        """One line for people."""

    @property
    def gain(self) -> float:
        """The share of a hot function's time that it saves where it matters, roughly."""

    def rewrite(self, source: str, hot: Sequence[HotFunction]) -> str | None:
        """`source` with every place changed; None when there is none."""

    def each(self, source: str, hot: Sequence[HotFunction]) -> list[Change]:
        """`source` with one place changed, for each place."""


@dataclass(frozen=True, kw_only=True)
class Application:
    """One rule at one place."""

    rule: Rewrite
    function: str
    text: str
    """The module's new text."""
    weight: float
    """The rule's gain × the function's share: what is tried first."""


def load(names: Sequence[str] | None) -> tuple[Rewrite, ...]:
    """The rules called `names`, or all, in the catalogue's order; ConfigError for a name that is not in it."""
    unknown = sorted(set(names or ()) - set(RULES))
    if unknown:
        raise ConfigError(f"unknown rules: {', '.join(unknown)}; known: {', '.join(RULES)}")
    wanted = [target for name, target in RULES.items() if names is None or name in names]
    return tuple(rule for target in wanted for rule in _load(target))


def _load(target: str) -> Iterator[Rewrite]:
    module, _, attribute = target.partition(":")
    found = getattr(importlib.import_module(module), attribute)
    yield from found() if callable(found) else (found,)


def combined(source: str, hot: Sequence[HotFunction], rules: Sequence[Rewrite]) -> tuple[str, tuple[str, ...]]:
    """`source` with every rule applied until none changes anything more, and the names of those that did."""
    used: dict[str, None] = {}

    def apply_each(text: str) -> str | None:
        changed = text
        for rule in rules:
            new = rule.rewrite(changed, hot)
            if new is not None:
                changed = new
                used[rule.name] = None
        return changed if changed != text else None

    return settled(source, apply_each) or source, tuple(used)


def applications(source: str, hot: Sequence[HotFunction], rules: Sequence[Rewrite]) -> list[Application]:
    """Every rule at every place, each on its own."""
    shares = {one.name: one.share for one in hot}
    return [
        Application(rule=rule, function=change.function, text=change.text, weight=rule.gain * shares[change.function])
        for rule in rules
        for change in rule.each(source, hot)
    ]
