"""The proposer that needs no model: what it proposes, in which order, and when it has nothing left."""

import dataclasses
from collections.abc import Mapping

import pytest

from agent.proposers.rules import Rules
from core import patch
from core.candidate import Candidate, Proposal
from core.errors import ConfigError
from core.problem import Problem, WorkloadSpec
from core.profile import Hotspot, Profile
from core.proposing import Brief, ModelCall
from core.spend import Budget, Spend

HOT = """\
import re


def unique(items):
    seen = []
    for x in items:
        if x not in seen:
            seen.append(x)
    return seen


def clean(text):
    return re.sub("-+", "-", text)


def cold(text):
    return re.sub("_+", "_", text)
"""
BASELINE = Candidate(number=0, parent=None, proposal=Proposal(patch="", rationale="", direction="", proposer=""))


class NoLedger:
    def recall(self, key: str) -> ModelCall | None:
        raise AssertionError(key)

    def record(self, call: ModelCall) -> None:
        raise AssertionError(call)

    def spent(self) -> Spend:
        return Spend()


def _spot(function: str, line: int, share: float, path: str = "hot.py") -> Hotspot:
    return Hotspot(path=path, function=function, line=line, own_share=share, total_share=share)


def _brief(sources: Mapping[str, str], *spots: Hotspot) -> Brief:
    problem = Problem(
        repository="r",
        revision="0" * 40,
        editable=("*.py",),
        setup=(),
        tests="true",
        workloads=(WorkloadSpec.parse("true"),),
    )
    return Brief(
        problem=problem,
        number=1,
        parent=BASELINE,
        baseline_sources=sources,
        sources=sources,
        profiles=(Profile(profiler="fake", unit="s", total=1.0, hotspots=spots),),
        history=(BASELINE,),
        budget_left=Budget(),
    )


def _brief_of_two() -> Brief:
    return _brief({"hot.py": HOT}, _spot("unique", 4, 0.3), _spot("clean", 12, 0.6), _spot("cold", 16, 0.001))


def _all(brief: Brief, rules: Rules) -> list[Proposal]:
    found: list[Proposal] = []
    while (proposal := rules.propose(brief, NoLedger())) is not None:
        found.append(proposal)
        tried = Candidate(number=brief.number, parent=0, proposal=proposal)
        brief = dataclasses.replace(brief, history=(*brief.history, tried), number=brief.number + 1)
    return found


def test_everything_at_once_comes_first_then_each_alone_by_what_it_promises() -> None:
    assert [proposal.direction for proposal in _all(_brief_of_two(), Rules())] == [
        "rules/all",
        "rules/seen-list at hot.py:unique",
        "rules/compiled-regex at hot.py:clean",
    ]


def test_a_function_that_is_not_hot_is_left_alone() -> None:
    for proposal in _all(_brief_of_two(), Rules()):
        changed = patch.apply(proposal.patch, {"hot.py": HOT})["hot.py"]
        assert changed is not None
        assert 're.sub("_+", "_", text)' in changed


def test_the_same_brief_gives_the_same_proposal() -> None:
    assert Rules().propose(_brief_of_two(), NoLedger()) == Rules().propose(_brief_of_two(), NoLedger())


def test_a_patch_is_against_the_baseline_and_holds_what_the_parent_changed() -> None:
    brief = _brief_of_two()
    parents = {"hot.py": HOT + "\nPARENT = 1\n", "new.py": "NEW = 1\n"}
    brief = dataclasses.replace(brief, baseline_sources={"hot.py": HOT, "gone.py": "x = 1\n"}, sources=parents)
    proposal = Rules().propose(brief, NoLedger())
    assert proposal is not None
    after = patch.apply(proposal.patch, brief.baseline_sources)
    assert "PARENT = 1" in str(after["hot.py"])
    assert "seen_set" in str(after["hot.py"])
    assert after["new.py"] == "NEW = 1\n"
    assert after["gone.py"] is None


def test_nothing_is_left_on_a_parent_that_has_it_all() -> None:
    brief = _brief_of_two()
    first = Rules().propose(brief, NoLedger())
    assert first is not None
    after = patch.apply(first.patch, brief.baseline_sources)["hot.py"]
    parent = Candidate(number=1, parent=0, proposal=first)
    brief = dataclasses.replace(brief, parent=parent, sources={"hot.py": str(after)}, history=(BASELINE, parent))
    assert Rules().propose(brief, NoLedger()) is None


def test_a_second_round_on_an_accepted_first_one_has_nothing_to_add_even_where_new_functions_are_hot() -> None:
    source = "def f(a, b):\n    return [x for x in a if x not in b]\n"
    brief = _brief({"hot.py": source}, _spot("f", 1, 1.0))
    first = Rules().propose(brief, NoLedger())
    assert first is not None
    after = str(patch.apply(first.patch, brief.baseline_sources)["hot.py"])
    parent = Candidate(number=1, parent=0, proposal=first)
    hot = Profile(profiler="fake", unit="s", total=1.0, hotspots=(_spot("f", 11, 0.5), _spot("_as_set", 4, 0.5)))
    brief = dataclasses.replace(
        brief, parent=parent, sources={"hot.py": after}, history=(BASELINE, parent), profiles=(hot,)
    )
    assert "def _as_set" in after
    assert Rules().propose(brief, NoLedger()) is None


def test_only_named_rules_are_used() -> None:
    directions = [proposal.direction for proposal in _all(_brief_of_two(), Rules(rules=("compiled-regex",)))]
    assert directions == ["rules/all"]


def test_an_unknown_rule_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"unknown rules: faster; known: .*seen-list"):
        Rules(rules=("faster",))


@pytest.mark.parametrize(
    ("path", "source"),
    [("hot.py", "def f(:\n"), ("/usr/lib/hot.py", HOT), ("hot.txt", HOT), ("hot.py", "def f():\n    return 1\n")],
)
def test_what_can_not_be_rewritten_gives_no_proposal(path: str, source: str) -> None:
    sources = {} if path.startswith("/") else {path: source}
    assert Rules().propose(_brief(sources, _spot("f", 1, 1.0, path)), NoLedger()) is None


def test_the_second_site_of_a_rule_in_a_function_is_numbered() -> None:
    source = 'import re\ndef f(x):\n    return re.sub("a", "b", x) + re.sub("c", "d", x)\n'
    brief = _brief({"hot.py": source}, _spot("f", 2, 1.0))
    directions = [proposal.direction for proposal in _all(brief, Rules(rules=("compiled-regex",)))]
    assert directions == ["rules/all", "rules/compiled-regex at hot.py:f", "rules/compiled-regex at hot.py:f #2"]
