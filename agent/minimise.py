"""Small patches win: drop the parts of the best patch that do not contribute to its speedup."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import chain, pairwise

from agent.decide import decide
from agent.evaluate import evaluate, search_plan
from agent.growth import decided, proposed
from agent.minimising.clumps import clumps
from agent.minimising.comparison import Comparisons
from agent.minimising.parts import Part, parts_of, patch_of, texts_of
from agent.minimising.programs import INVALID, programs
from agent.minimising.reduction import reduced
from agent.minimising.statements import cut
from agent.search import Bench, Search
from agent.strategies.standing import standing
from core.candidate import MINIMISER, Candidate, Proposal, Verdict
from core.run import Record


def minimise(search: Search, record: Record) -> Record:
    """`record` with the minimised best patch as a candidate of its own, where anything could be left out."""
    best = standing(record.candidates)[0]
    if best.verdict is not Verdict.ACCEPTED or _was_minimised(record, best):
        return record
    smaller = smallest(search.bench, best)
    return record if smaller == best.proposal.patch else _add(search, record, best, smaller)


def smallest(bench: Bench, best: Candidate) -> str:
    """The candidate's patch without the parts that are needed neither for its speed nor for its behaviour.

    First goes what leaves the same program. Then ever finer parts are left out and missed or not: what looks tied, runs of
    changed lines, statements (as in Misherghi & Su, HDD: Hierarchical Delta Debugging, ICSE 2006).
    """
    whole = parts_of(best.proposal.patch, bench.sources)
    everything = texts_of(whole, bench.sources)
    with bench.provider.open(bench.environment, everything) as full:
        comparisons = Comparisons(bench, best, full, whole)
        parts = _meaningful(bench, whole, comparisons)
        _without_statements(bench, _without_runs(bench, parts, comparisons), comparisons)
        kept = comparisons.smallest()
    nothing_left_out = texts_of(kept, bench.sources) == everything
    return best.proposal.patch if nothing_left_out else patch_of(kept, bench.sources)


def _meaningful(bench: Bench, parts: list[Part], comparisons: Comparisons) -> list[Part]:
    """`parts` without those that leave the program as it is: comments, blank lines, white space, quotes, line breaks.

    Two neighbours are also tried together: the brackets around something are often two parts.
    """
    neighbours = [pair for pair in pairwise(parts) if pair[0].path == pair[1].path]
    groups = [[part] for part in parts] + [list(pair) for pair in neighbours]
    noise = [part for group in _leaving_the_program(bench, parts, groups) for part in group]
    rest = [part for part in parts if part not in noise]
    return rest if noise and rest and comparisons.accepts(rest) else parts


def _leaving_the_program(bench: Bench, parts: list[Part], groups: list[list[Part]]) -> list[list[Part]]:
    """Those `groups` of parts of one Python file without which it is the same program."""
    whole = texts_of(parts, bench.sources)
    asked = [group for group in groups if group[0].path.endswith(".py") and whole[group[0].path] is not None]
    paths = sorted({group[0].path for group in asked})
    texts = [whole[path] for path in paths] + [_without(parts, group, bench.sources) for group in asked]
    found = programs(bench.original, [text or "" for text in texts]) or [INVALID] * len(texts)
    programs_of = dict(zip(paths, found, strict=False))
    return [
        group
        for group, program in zip(asked, found[len(paths) :], strict=True)
        if program.valid and program.digest == programs_of[group[0].path].digest
    ]


def _without(parts: list[Part], group: list[Part], sources: Mapping[str, str]) -> str | None:
    """The text of the group's file without the group's changes."""
    path = group[0].path
    rest = [part for part in parts if part.path == path and part not in group]
    return texts_of(rest, sources)[path] if rest else sources.get(path)


def _without_runs(bench: Bench, parts: list[Part], comparisons: Comparisons) -> list[Part]:
    """Parts that look as if they only work together are left out together, then what remains one by one."""

    def chosen(groups: list[list[int]]) -> list[Part]:
        return [parts[number] for number in sorted(chain.from_iterable(groups))]

    together = reduced(clumps(parts, bench.sources), lambda groups: comparisons.accepts(chosen(groups)))
    return reduced(chosen(together), comparisons.accepts)


def _without_statements(bench: Bench, parts: list[Part], comparisons: Comparisons) -> None:
    """What is left is cut ever finer, as long as there is something to cut."""
    while len(finer := _cut(bench, parts)) > len(parts):
        parts = _without_runs(bench, finer, comparisons)


def _cut(bench: Bench, parts: list[Part]) -> list[Part]:
    """`parts` one step finer; as they are where the sandbox gives no answer."""
    whole = texts_of(parts, bench.sources)
    paths = [path for path, text in whole.items() if path.endswith(".py") and text is not None]
    texts = [side.get(path) or "" for side in (bench.sources, whole) for path in paths]
    found = programs(bench.original, texts, statements=True) or []
    before, after = dict(zip(paths, found, strict=False)), dict(zip(paths, found[len(paths) :], strict=False))
    shifts: dict[str, int] = defaultdict(int)
    finer: list[Part] = []
    for part in parts:
        known = part.path in after
        finer += (
            cut(part, before=before[part.path], after=after[part.path], shift=shifts[part.path]) if known else [part]
        )
        shifts[part.path] += sum(len(hunk.after) - len(hunk.before) for hunk in part.hunks)
    return finer


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
