"""Small patches win: drop the parts of the best patch that do not contribute to its speedup."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from agent.decide import decide
from agent.evaluate import accepts_checks, evaluate, search_plan
from agent.growth import decided, proposed
from agent.measure import Contest, SampleFailedError, headline, measure
from agent.search import Bench, Search
from core import patch as patches
from core import stats
from core.candidate import MINIMISER, Candidate, Proposal, Verdict
from core.measurement import Speedup
from core.progress import PairTimed
from core.protocols import Sandbox
from core.run import Record

AS_FAST = 0.98
"""A patch that is this much slower without a part still counts as being as fast without it."""
MOST_PARTS = 16
"""Patches with more changes are taken apart file by file: every part costs a comparison."""


def minimise(search: Search, record: Record) -> Record:
    """`record` with the minimised best patch as a candidate of its own, where anything could be left out."""
    best = record.best
    if best is None or best.verdict is not Verdict.ACCEPTED or _was_minimised(record, best):
        return record
    smaller = smallest(search.bench, best)
    return record if smaller == best.proposal.patch else _add(search, record, best, smaller)


def smallest(bench: Bench, best: Candidate) -> str:
    """The candidate's patch without the parts that are needed neither for its speed nor for its behaviour."""
    kept = parts_of(best.proposal.patch, bench.sources)
    if len(kept) == 1:
        return best.proposal.patch
    everything = patches.apply(best.proposal.patch, bench.sources)
    with bench.provider.open(bench.environment, everything) as full:
        smaller = True
        while smaller:
            smaller = False
            for part in sorted(kept, key=_size):
                fewer = [other for other in kept if other is not part]
                if fewer and _is_as_good(bench, best, full, patch_of(fewer, bench.sources)):
                    kept, smaller = fewer, True
    return patch_of(kept, bench.sources)


def parts_of(patch: str, sources: Mapping[str, str]) -> list[patches.FileChange]:
    """What can be left out of `patch`: each run of changed lines, or each file when there are too many runs."""
    finest = patches.read(patches.diff(sources, patches.apply(patch, sources), context=0))
    runs = [replace(change, hunks=(hunk,)) for change in finest if not change.deleted for hunk in change.hunks]
    whole = [change for change in finest if change.deleted or not change.hunks]
    return runs + whole if len(runs) + len(whole) <= MOST_PARTS else list(finest)


def patch_of(parts: Iterable[patches.FileChange], sources: Mapping[str, str]) -> str:
    """The patch that makes just the changes of `parts`."""
    ordered = sorted(parts, key=lambda part: (part.path, [hunk.start for hunk in part.hunks]))
    merged = [_merge(list(group)) for _, group in groupby(ordered, key=lambda part: part.path)]
    return patches.diff(sources, patches.apply_changes(merged, sources))


def _merge(parts: Sequence[patches.FileChange]) -> patches.FileChange:
    return replace(parts[0], hunks=tuple(hunk for part in parts for hunk in part.hunks))


def _size(part: patches.FileChange) -> int:
    return sum(len(hunk.lines) for hunk in part.hunks)


def _is_as_good(bench: Bench, best: Candidate, full: Sandbox, patch: str) -> bool:
    """Whether `patch` passes the checks and is as fast as the full one."""
    with bench.provider.open(bench.environment, patches.apply(patch, bench.sources)) as smaller:
        if not accepts_checks(bench, smaller):
            return False
        contest = Contest(
            problem=bench.problem,
            original=full,
            candidate=smaller,
            workloads=bench.workloads,
            plan=stats.MINIMISATION,
            threshold=AS_FAST,
        )
        return _is_as_fast(bench, contest, best)


def _is_as_fast(bench: Bench, contest: Contest, best: Candidate) -> bool:
    def on_pair(pairs: int, speedup: Speedup | None) -> None:
        bench.notify(PairTimed(number=best.number, pairs=pairs, speedup=speedup))

    try:
        with bench.measuring():
            timings = measure(contest, seed=f"{bench.seed}:{best.number}:minimise", on_pair=on_pair)
    except SampleFailedError:
        return False
    shown = stats.shown_by(headline(timings, bench.problem.objective), contest.plan)
    return shown is not None and shown.estimate > AS_FAST


def _was_minimised(record: Record, best: Candidate) -> bool:
    return best.proposal.proposer == MINIMISER or any(
        candidate.parent == best.number and candidate.proposal.proposer == MINIMISER for candidate in record.candidates
    )


def _add(search: Search, record: Record, best: Candidate, patch: str) -> Record:
    proposal = Proposal(
        patch=patch,
        rationale=f"Candidate {best.number} without what does not contribute. {best.proposal.rationale}",
        direction=best.proposal.direction,
        proposer=MINIMISER,
    )
    candidate = Candidate(number=len(record.candidates), parent=best.number, proposal=proposal)
    search.history.propose(candidate)
    record = proposed(record, candidate)
    problem = search.bench.problem
    plan = search_plan(problem.objective)
    evaluation = evaluate(proposal, search.bench, number=candidate.number, plan=plan)
    return decided(search, record, candidate.number, evaluation, decide(evaluation, problem, plan))
