"""Small patches win: drop the parts of the best patch that do not contribute to its speedup."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from agent.decide import decide
from agent.evaluate import accepts_checks, evaluate, search_plan
from agent.growth import decided, proposed
from agent.measure import Contest, SampleFailedError, headline, measure
from agent.search import Bench, Search
from agent.strategies.standing import standing
from core import patch as patches
from core import stats
from core.candidate import MINIMISER, Candidate, Proposal, Verdict
from core.measurement import Speedup
from core.progress import PairTimed
from core.protocols import Sandbox
from core.run import Record

AS_FAST = 0.98
"""A patch that is this much slower without a part still counts as being as fast without it."""
MOST_COMPARISONS = 40
"""How often something may be left out to see whether it is missed: each costs the tests and some pairs of samples."""

Part = patches.FileChange
"""Something that can be left out: a run of changed lines, or a file that is created or deleted."""


def minimise(search: Search, record: Record) -> Record:
    """`record` with the minimised best patch as a candidate of its own, where anything could be left out."""
    best = standing(record.candidates)[0]
    if best.verdict is not Verdict.ACCEPTED or _was_minimised(record, best):
        return record
    smaller = smallest(search.bench, best)
    return record if smaller == best.proposal.patch else _add(search, record, best, smaller)


def smallest(bench: Bench, best: Candidate) -> str:
    """The candidate's patch without the parts that are needed neither for its speed nor for its behaviour.

    Delta debugging: halves are left out first, then ever smaller parts, until no single one can go (Zeller & Hildebrandt,
    Simplifying and Isolating Failure-Inducing Input, IEEE TSE 28, 2002), or MOST_COMPARISONS were made.
    """
    parts = parts_of(best.proposal.patch, bench.sources)
    if len(parts) == 1:
        return best.proposal.patch
    everything = patches.apply(best.proposal.patch, bench.sources)
    with bench.provider.open(bench.environment, everything) as full:
        kept = reduced(parts, lambda fewer: _is_as_good(bench, best, full, patch_of(fewer, bench.sources)))
    return patch_of(kept, bench.sources)


def reduced(parts: list[Part], is_as_good: Callable[[list[Part]], bool]) -> list[Part]:
    """A part of `parts` that is still as good, and of which nothing can be left out; the order is kept."""
    comparisons, pieces = 0, 2
    while len(parts) > 1:
        pieces = min(pieces, len(parts))
        for fewer in _each_left_out(parts, pieces):
            comparisons += 1
            if is_as_good(fewer):
                parts, pieces = fewer, max(pieces - 1, 2)
                break
            if comparisons == MOST_COMPARISONS:
                return parts
        else:
            if pieces == len(parts):
                return parts
            pieces *= 2
    return parts


def _each_left_out(parts: list[Part], pieces: int) -> Iterator[list[Part]]:
    """`parts` without each of `pieces` consecutive pieces of about equal length."""
    borders = [len(parts) * piece // pieces for piece in range(pieces + 1)]
    for start, end in pairwise(borders):
        yield parts[:start] + parts[end:]


def parts_of(patch: str, sources: Mapping[str, str]) -> list[Part]:
    """What can be left out of `patch`: each run of changed lines, each created or deleted file."""
    finest = patches.read(patches.diff(sources, patches.apply(patch, sources), context=0))
    whole = [change for change in finest if change.deleted or change.created]
    runs = [replace(change, hunks=(hunk,)) for change in finest if change not in whole for hunk in change.hunks]
    return whole + runs


def patch_of(parts: Iterable[Part], sources: Mapping[str, str]) -> str:
    """The patch that makes just the changes of `parts`."""
    ordered = sorted(parts, key=lambda part: (part.path, [hunk.start for hunk in part.hunks]))
    merged = [_merge(list(group)) for _, group in groupby(ordered, key=lambda part: part.path)]
    return patches.diff(sources, patches.apply_changes(merged, sources))


def _merge(parts: Sequence[patches.FileChange]) -> patches.FileChange:
    return replace(parts[0], hunks=tuple(hunk for part in parts for hunk in part.hunks))


def _is_as_good(bench: Bench, best: Candidate, full: Sandbox, patch: str) -> bool:
    """Whether `patch` passes the checks and is as fast as the full one."""
    changes = patches.apply(patch, bench.sources)
    with bench.provider.open(bench.environment, changes) as smaller:
        if not accepts_checks(bench, smaller, changes):
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
