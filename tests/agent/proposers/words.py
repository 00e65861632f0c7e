"""A small slow program, briefs about it, answers about it, and a ledger in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.candidate import Candidate, Decision, Proposal, Verdict
from core.problem import Problem, WorkloadSpec
from core.profile import Hotspot, LineCost, Profile
from core.proposing import Brief, ModelCall
from core.spend import Budget, Spend

SLOW = '''"""Counts shared words."""

import sys


def shared(words, wanted):
    found = []
    for word in words:
        if word in list(wanted):
            found.append(word)
    return found


def main():
    print(len(shared(sys.stdin.read().split(), ["a", "b"])))
'''
PATH = "src/words.py"
GOOD_EDIT = f"""A set answers membership at once.

{PATH}
<<<<<<< SEARCH
    found = []
    for word in words:
        if word in list(wanted):
=======
    found = []
    wanted = set(wanted)
    for word in words:
        if word in wanted:
>>>>>>> REPLACE
"""
BAD_EDIT = GOOD_EDIT.replace("    found = []\n    for", "    found = [1]\n    for")
LIST = "1. Use a set in shared\n2. Use a comprehension in shared\n3. Use a Counter\n"
BASELINE = Candidate(
    number=0,
    parent=None,
    proposal=Proposal(patch="", rationale="", direction="", proposer=""),
    decision=Decision(verdict=Verdict.BASELINE, reason=""),
)


PROFILE = Profile(
    profiler="cprofile",
    unit="s",
    total=2.0,
    hotspots=(
        Hotspot(
            path=PATH, function="shared", line=6, own_share=0.9, total_share=0.95, calls=1, callers=(f"{PATH}:main",)
        ),
        Hotspot(path="<built-in>", function="list.append", line=0, own_share=0.05, total_share=0.05),
    ),
    lines=(LineCost(path=PATH, line=9, share=0.88, hits=1000),),
)


@dataclass(kw_only=True)
class MemoryLedger:
    """Remembers calls, and refuses a second one under the same key."""

    calls: dict[str, ModelCall] = field(default_factory=dict)

    def recall(self, key: str) -> ModelCall | None:
        return self.calls.get(key)

    def record(self, call: ModelCall) -> None:
        assert call.key not in self.calls
        self.calls[call.key] = call

    def spent(self) -> Spend:
        """Tokens and dollars of all calls."""
        tokens = sum(call.input_tokens + call.output_tokens for call in self.calls.values())
        return Spend(tokens=tokens, dollars=sum(call.dollars for call in self.calls.values()))

    @property
    def purposes(self) -> list[str]:
        return [call.purpose for call in self.calls.values()]

    @property
    def dollars(self) -> float:
        return sum(call.dollars for call in self.calls.values())


def a_brief(
    *,
    sources: dict[str, str] | None = None,
    history: Sequence[Candidate] = (BASELINE,),
    budget: Budget | None = None,
    profiles: tuple[Profile, ...] = (PROFILE,),
) -> Brief:
    texts = {PATH: SLOW, "src/other.py": "VALUE = 1\n"} if sources is None else sources
    return Brief(
        problem=Problem(
            repository="words",
            revision="0" * 40,
            editable=("src/**",),
            setup=(),
            tests="pytest -q",
            workloads=(WorkloadSpec.parse("python -m words < big.txt"),),
        ),
        number=len(history),
        parent=history[0],
        baseline_sources=texts,
        sources=texts,
        profiles=profiles,
        history=tuple(history),
        budget_left=budget or Budget(candidates=10),
    )


def tried(
    number: int,
    proposer: str,
    direction: str,
    *,
    verdict: Verdict = Verdict.NOT_FASTER,
    reason: str = "",
    patch: str = "",
) -> Candidate:
    """A decided candidate on top of the baseline."""
    return Candidate(
        number=number,
        parent=0,
        proposal=Proposal(
            patch=patch,
            rationale="",
            direction=direction,
            proposer=proposer,
            spend=Spend(),
            problem="" if patch else reason,
        ),
        decision=Decision(verdict=verdict, reason=reason),
    )
