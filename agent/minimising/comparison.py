"""Is a smaller patch as good as the full one: by a look at its text where that can tell, else by checks and paired timing."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.evaluate import ATTEMPTS, accepts_checks
from agent.measure import Contest, SampleFailedError, headline, measure
from agent.minimising.parts import Part, texts_of
from agent.minimising.programs import Program, programs
from agent.minimising.tolerance import tolerance_for
from agent.search import Bench
from core import stats
from core.candidate import Candidate
from core.errors import SandboxError
from core.measurement import Speedup
from core.problem import Objective
from core.progress import PairTimed
from core.protocols import Sandbox

MOST_COMPARISONS = 24
"""How often the checks are run on a smaller patch: each time costs the tests and, where they pass, some pairs of samples."""
MOST_FINAL = 3
"""How many of the smallest patches may be timed a second time, until one holds."""

Texts = Mapping[str, str | None]


@dataclass(frozen=True, kw_only=True)
class Look:
    """What the texts of a patch tell without a run."""

    identity: str
    """The same for patches that make the same programs."""
    valid: bool
    unbound: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Good:
    """A patch that was found to be as good as the full one."""

    identity: str
    parts: Sequence[Part]


class Comparisons:
    """Compares ever smaller parts of a candidate's patch with the full one, and remembers what came of it."""

    def __init__(self, bench: Bench, best: Candidate, full: Sandbox, parts: Sequence[Part]) -> None:
        self._bench, self._best, self._full = bench, best, full
        self._left = MOST_COMPARISONS
        self._timings = 0
        self._tolerance = tolerance_for(best)
        changed = texts_of(parts, bench.sources)
        whole, untouched = self._look(changed), self._look({path: bench.sources.get(path) for path in changed})
        self._named = whole.unbound | untouched.unbound
        self._known = {untouched.identity: False, whole.identity: True}
        self._chain = [Good(identity=whole.identity, parts=parts)]

    def accepts(self, parts: Sequence[Part]) -> bool:
        """Whether `parts`, fewer than were accepted last, are as good as all. Nothing is once MOST_COMPARISONS were made."""
        if not self._left:
            return False
        texts = texts_of(parts, self._bench.sources)
        look = self._look(texts)
        if not look.valid or look.unbound - self._named:
            return False
        if look.identity not in self._known:
            self._left -= 1
            self._known[look.identity] = self._is_as_good(texts)
        if self._known[look.identity]:
            self._remember(Good(identity=look.identity, parts=parts))
        return self._known[look.identity]

    def smallest(self) -> Sequence[Part]:
        """The smallest parts that were accepted and are as fast as all in fresh samples, too; of MOST_FINAL, else all."""
        *tried, first = reversed(self._chain)
        for good in tried[:MOST_FINAL]:
            texts = texts_of(good.parts, self._bench.sources)
            with self._bench.provider.open(self._bench.environment, texts) as smaller:
                if self._is_as_fast(smaller):
                    return good.parts
        return first.parts

    def _remember(self, good: Good) -> None:
        if good.identity == self._chain[-1].identity:
            self._chain.pop()
        self._chain.append(good)

    def _look(self, texts: Texts) -> Look:
        """Files that are no Python, and all of them where the sandbox gives no answer, are known by their text."""
        code = {path: text for path, text in texts.items() if text is not None and path.endswith(".py")}
        read: dict[str, Program] = dict(
            zip(code, programs(self._bench.original, list(code.values())) or [], strict=False)
        )
        marks = [f"{path}\0{read[path].digest if path in read else text!r}" for path, text in sorted(texts.items())]
        return Look(
            identity=hashlib.sha256("\0".join(marks).encode("utf-8", "surrogateescape")).hexdigest(),
            valid=all(program.valid for program in read.values()),
            unbound=frozenset().union(*(program.unbound for program in read.values())),
        )

    def _is_as_good(self, texts: Texts) -> bool:
        """Whether the checks pass and the samples are as fast; asked again when the sandbox breaks."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self._bench.provider.open(self._bench.environment, texts) as smaller:
                    # What is slower shows in a few pairs; the checks take longer than those.
                    return self._is_as_fast(smaller) and accepts_checks(self._bench, smaller, texts)
            except SandboxError:
                if attempt == ATTEMPTS:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _is_as_fast(self, smaller: Sandbox) -> bool:
        bench = self._bench
        self._timings += 1
        contest = Contest(
            problem=bench.problem,
            original=self._full,
            candidate=smaller,
            workloads=bench.workloads,
            plan=plan_for(bench.problem.objective),
            threshold=self._tolerance.threshold,
            guards_each=False,  # as the tolerance; what comes out is evaluated like any other candidate
        )
        seed = f"{bench.seed}:{self._best.number}:minimise:{self._timings}"
        try:
            with bench.measuring():
                timings = measure(contest, seed=seed, on_pair=self._on_pair)
        except SampleFailedError:
            return False
        shown = stats.shown_by(headline(timings, bench.problem.objective), contest.plan)
        return shown is not None and self._tolerance.allows(shown)

    def _on_pair(self, pairs: int, speedup: Speedup | None) -> None:
        self._bench.notify(PairTimed(number=self._best.number, pairs=pairs, speedup=speedup))


def plan_for(objective: Objective) -> stats.Plan:
    """How pairs of the full and a smaller patch are looked at."""
    return stats.EXACT if objective is Objective.INSTRUCTIONS else stats.MINIMISATION
