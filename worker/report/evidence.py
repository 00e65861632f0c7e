"""What the page says about single candidates, reduced from the record to the words and numbers that are shown."""

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from agent.evaluate import search_plan
from agent.forecast import forecast
from core import figures
from core.candidate import Candidate, CheckResult, Evaluation
from core.measurement import Costs, Speedup, Timing
from core.problem import Objective, Problem
from core.profile import Profile
from core.run import Record
from core.spend import Spend
from worker.report import charts, flamegraph, minimised, patches
from worker.report.headline import Tone, support, tone_of
from worker.report.plain import one_line

_MOST_HOTSPOTS = 12


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One candidate as the page lists it."""

    candidate: Candidate
    tone: Tone
    verdict: str
    brief: str
    left_out: str
    """What a minimised patch lacks of its parent's, in words; empty for all others."""
    reason: str
    """The latest word in full; empty where the brief one says it all."""
    first_word: str
    """What the search said, where the confirmation had the last word."""
    output: str
    """The whole output of what failed; empty where the reason already holds it."""
    speedup: str
    bar: charts.Bar | None
    spend: str
    checks: tuple[CheckResult, ...]
    files: tuple[patches.File, ...]


def attempts(record: Record) -> list[Attempt]:
    """Every candidate but the baseline, by number."""
    candidates = [candidate for candidate in record.candidates if candidate.parent is not None]
    drawn = charts.bars([candidate.speedup for candidate in candidates])
    return [_attempt(record, candidate, bar) for candidate, bar in zip(candidates, drawn, strict=True)]


def _attempt(record: Record, candidate: Candidate, bar: charts.Bar | None) -> Attempt:
    decision = candidate.final
    reason = decision.reason if decision else "not evaluated to its end"
    failure = _failure(candidate)
    output = failure.reason if failure and failure.reason != reason else ""
    brief = one_line(reason)
    return Attempt(
        candidate=candidate,
        tone=tone_of(candidate.verdict),
        verdict=candidate.verdict or "open",
        brief=brief,
        left_out=minimised.left_out_in_words(record, candidate),
        reason=reason if reason.strip() != brief else "",
        first_word=_first_word(candidate),
        output=output,
        speedup=figures.speedup(candidate.speedup) if candidate.speedup else "",
        bar=bar,
        spend=spent(candidate.spend),
        checks=_last_evaluation(candidate).checks,
        files=patches.files(candidate.proposal.patch),
    )


def _last_evaluation(candidate: Candidate) -> Evaluation:
    return candidate.confirmation or candidate.evaluation or Evaluation()


def _failure(candidate: Candidate) -> CheckResult | None:
    return _last_evaluation(candidate).failure


def _first_word(candidate: Candidate) -> str:
    if candidate.confirmed is None or candidate.decision is None:
        return ""
    return f"{candidate.decision.verdict}, {candidate.decision.reason}"


def spent(spend: Spend) -> str:
    """What something cost, as one line; what cost nothing is left out."""
    parts = [figures.seconds(spend.seconds)] if spend.seconds else []
    parts += [f"{figures.count(spend.tokens)} tokens"] if spend.tokens else []
    parts += [figures.dollars(spend.dollars)] if spend.dollars else []
    return " · ".join(parts) or "nothing"


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One workload's samples as drawings."""

    workload: str
    loops: int
    speedup: str
    samples: charts.Samples
    ratios: charts.Ratios


def measured(candidate: Candidate | None, objective: Objective) -> list[Measured]:
    """The drawings of `candidate`'s latest samples."""
    if candidate is None:
        return []
    speedups = dict(candidate.final.by_workload) if candidate.final else {}
    timings = [timing for timing in _last_evaluation(candidate).timings if timing.pairs]
    if len(timings) == 1 and candidate.speedup:
        speedups.setdefault(timings[0].workload, candidate.speedup)
    return [_measured(timing, objective, speedups.get(timing.workload)) for timing in timings]


def _measured(timing: Timing, objective: Objective, speedup: Speedup | None) -> Measured:
    return Measured(
        workload=timing.workload,
        loops=timing.loops,
        speedup=figures.speedup(speedup) if speedup else "",
        samples=charts.samples(timing, objective),
        ratios=charts.ratios(timing, objective, speedup),
    )


@dataclass(frozen=True, kw_only=True)
class Guarded:
    """One cost of a workload on both sides, and how much more of it was allowed."""

    workload: str
    cost: str
    before: str
    after: str
    change: str
    allowed: str


def guarded(candidate: Candidate | None, problem: Problem) -> list[Guarded]:
    """The medians of every cost in `candidate`'s latest samples beside their guards."""
    timings = _last_evaluation(candidate).timings if candidate else ()
    return [row for timing in timings if timing.pairs for row in _guarded(timing, problem)]


def _guarded(timing: Timing, problem: Problem) -> Iterator[Guarded]:
    guards = problem.guards
    costs: tuple[tuple[str, Objective, float | None, Callable[[Costs], float]], ...] = (
        ("wall time", Objective.WALL, guards.wall, lambda costs: costs.wall_seconds),
        ("CPU time", Objective.CPU, guards.cpu, lambda costs: costs.cpu_seconds),
        ("peak memory", Objective.MEMORY, guards.memory, lambda costs: costs.memory_bytes),
    )
    for name, objective, factor, read in costs:
        before = statistics.median(read(pair.original) for pair in timing.pairs)
        after = statistics.median(read(pair.candidate) for pair in timing.pairs)
        yield Guarded(
            workload=timing.workload,
            cost=name,
            before=figures.cost(before, objective),
            after=figures.cost(after, objective),
            change=figures.times(after / before) if before else "–",
            allowed="the objective" if objective is problem.objective else _allowed(factor),
        )


def _allowed(factor: float | None) -> str:
    return "any" if factor is None else f"up to {figures.digits(factor)}×"


@dataclass(frozen=True, kw_only=True)
class Heat:
    """One profile as a page shows it."""

    profile: Profile
    flame: flamegraph.Flame | None
    hotspots: tuple[tuple[str, str, str], ...]
    """Own share, total share, place."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The same profiler's word before and after; what was not profiled is None."""

    before: Heat | None
    after: Heat | None


def comparisons(record: Record, candidate: Candidate | None) -> list[Comparison]:
    """The baseline's profiles, each beside that of `candidate` by the same profiler."""
    before = record.profiles.get(0, ())
    after = list(record.profiles.get(candidate.number, ())) if candidate else []
    pairs: list[Comparison] = []
    for profile in before:
        partner = next(
            (other for other in after if (other.profiler, other.unit) == (profile.profiler, profile.unit)), None
        )
        if partner:
            after.remove(partner)
        pairs.append(Comparison(before=_heat(profile), after=_heat(partner) if partner else None))
    return pairs + [Comparison(before=None, after=_heat(profile)) for profile in after]


def _heat(profile: Profile) -> Heat:
    shown = profile.hotspots[:_MOST_HOTSPOTS]
    rows = tuple(
        (figures.share(spot.own_share), figures.share(spot.total_share), f"{spot.path}:{spot.line} {spot.function}")
        for spot in shown
    )
    return Heat(profile=profile, flame=flamegraph.flame(profile.stacks), hotspots=rows)


@dataclass(frozen=True, kw_only=True)
class Noise:
    """The original measured against itself."""

    speedup: str
    support: str
    measured: Sequence[Measured]
    forecast: str
    """What this noise allowed the search to find; empty where nothing was forecast."""
    canary: str
    """What became of a candidate that changes nothing but comments; empty where none was sent."""


def noise(record: Record) -> Noise | None:
    """What the baseline's own measurement says about the machine; None when it was not taken."""
    baseline = next((candidate for candidate in record.candidates if candidate.parent is None), None)
    if baseline is None or baseline.speedup is None:
        return None
    problem = record.run.problem
    expected = forecast(baseline.evaluation or Evaluation(), problem, search_plan(problem.objective))
    return Noise(
        speedup=figures.speedup(baseline.speedup),
        support=support(record, baseline),
        measured=measured(baseline, problem.objective),
        forecast=str(expected or ""),
        canary=_canary(record),
    )


def _canary(record: Record) -> str:
    canary = record.canary
    if canary is None or canary.final is None:
        return ""
    return f"{canary.verdict}, {canary.final.reason}"
