"""What came of a run, in the few words that a person reads first."""

from dataclasses import dataclass
from enum import StrEnum

from agent.confirm import confirmation_plan
from agent.decide import allowed_in
from agent.evaluate import search_plan
from core import figures, stats
from core.candidate import CANARY, Candidate, Evaluation, Verdict
from core.measurement import Speedup
from core.problem import Objective
from core.run import Record, RunKind, RunStatus


class Tone(StrEnum):
    """How good the news is; each has its colour and its sign, so that neither has to be told from the other alone."""

    GOOD = "good"
    HOPEFUL = "hopeful"
    NEUTRAL = "neutral"
    BAD = "bad"

    @property
    def sign(self) -> str:
        """One character that says the same as the colour."""
        return {Tone.GOOD: "✓", Tone.HOPEFUL: "●", Tone.NEUTRAL: "–", Tone.BAD: "✕"}[self]


_TONES = {
    Verdict.CONFIRMED: Tone.GOOD,
    Verdict.ACCEPTED: Tone.HOPEFUL,
    Verdict.BASELINE: Tone.NEUTRAL,
    Verdict.NOT_FASTER: Tone.NEUTRAL,
}


def tone_of(verdict: Verdict | None) -> Tone:
    """The tone of a candidate's verdict; None is still open."""
    return Tone.NEUTRAL if verdict is None else _TONES.get(verdict, Tone.BAD)


@dataclass(frozen=True, kw_only=True)
class Headline:
    """The outcome in a few words, then in a sentence."""

    tone: Tone
    title: str
    sentence: str

    def __str__(self) -> str:
        return (
            f"{self.title}, {self.sentence}"
            if self.sentence.startswith("between")
            else f"{self.title}: {self.sentence}"
        )


def subject(record: Record) -> Candidate | None:
    """The candidate that the run is about: the confirmed one, or the patch that a judge run was given."""
    if record.winner or record.run.kind is RunKind.OPTIMIZE:
        return record.winner
    return next((candidate for candidate in reversed(record.candidates) if candidate.parent is not None), None)


def reported_speedup(record: Record) -> Speedup | None:
    """The speedup by samples that chose nothing: a confirmation's, or those of a judge run, which tries one patch only."""
    candidate = subject(record)
    return candidate.speedup if candidate else None


def outcome(record: Record) -> Headline:
    """The headline of `record`, whatever became of it."""
    if record.winner:
        return _faster(record, record.winner)
    run = record.run
    if run.status is RunStatus.FAILED:
        return Headline(tone=Tone.BAD, title="Failed", sentence=run.error or "no reason was recorded")
    judged = subject(record)
    if judged and judged.final:
        return _judged(record, judged)
    if run.status is RunStatus.FINISHED:
        return Headline(tone=Tone.NEUTRAL, title="Nothing faster found", sentence=_tried(record))
    return _unfinished(record)


def name_of(candidate: Candidate) -> str:
    """What a candidate is called where its verdict is told."""
    if candidate.proposal.proposer == CANARY:
        return "the canary"
    return "the original against itself" if candidate.parent is None else f"candidate {candidate.number}"


def tried(record: Record) -> int:
    """How many candidates were proposed, as the budget counts them."""
    return record.spend.candidates


def fresh_pairs(evaluation: Evaluation | None) -> int:
    """Pairs of each workload that the interval rests on."""
    return min((len(timing.pairs) for timing in evaluation.timings), default=0) if evaluation else 0


def support(record: Record, candidate: Candidate) -> str:
    """What `candidate`'s interval rests on: its level and its pairs."""
    workloads = len(record.run.problem.workloads)
    pairs = fresh_pairs(candidate.confirmation or candidate.evaluation)
    each = f" of each of {workloads} workloads" if workloads > 1 else ""
    level = 1 - _error_rate(candidate, record.run.problem.objective)
    return f"{level * 100:.3g} % interval from {pairs} fresh pairs{each}"


def _error_rate(candidate: Candidate, objective: Objective) -> float:
    """Of a confirmation it is that of all that the run may make, since only the one that succeeded is reported."""
    if candidate.confirmation:
        return sum(confirmation_plan(objective).alphas) * stats.MOST_CONFIRMATIONS
    return sum(search_plan(objective).alphas)


def _faster(record: Record, winner: Candidate) -> Headline:
    title = f"Candidate {winner.number} is confirmed"
    sentence = winner.final.reason if winner.final else ""
    if winner.speedup:
        title = f"{figures.times(winner.speedup.estimate)} {figures.gain(record.run.problem.objective)}"
        evaluation = winner.confirmation or winner.evaluation
        allowed = allowed_in(evaluation, record.run.problem, winner.speedup) if evaluation else ()
        sentence = "; ".join((_between(record, winner, winner.speedup), *allowed))
    return Headline(tone=Tone.GOOD, title=title, sentence=sentence)


def _between(record: Record, candidate: Candidate, speedup: Speedup) -> str:
    if not figures.is_bounded(speedup):
        return f"but {figures.interval(speedup)}"
    return f"between {figures.times(speedup.low)} and {figures.times(speedup.high)} ({support(record, candidate)})"


def _judged(record: Record, judged: Candidate) -> Headline:
    verdict, decision = judged.verdict, judged.final
    sentence = decision.reason if decision else ""
    if verdict is Verdict.NOT_FASTER and judged.speedup:
        measured = f"{figures.times(judged.speedup.estimate)}, {_between(record, judged, judged.speedup)}"
        sentence = f"measured {measured}; {sentence}"
    return Headline(tone=tone_of(verdict), title=str(verdict).capitalize(), sentence=sentence)


def _tried(record: Record) -> str:
    number = tried(record)
    candidates = (
        "no candidate was" if number == 0 else "one candidate was" if number == 1 else f"{number} candidates were"
    )
    ended = f"; the search ended: {record.run.stopped_by}" if record.run.stopped_by else ""
    return f"{candidates} tried{' and none held up' if number else ''}{ended}"


def _unfinished(record: Record) -> Headline:
    best = record.best
    so_far = f"; the best so far, not confirmed: candidate {best.number}" if best else ""
    if best and best.speedup:
        so_far += f" at {figures.speedup(best.speedup)}"
    title = "Interrupted" if record.run.status is RunStatus.CANCELLED else str(record.run.status).capitalize()
    return Headline(tone=Tone.NEUTRAL, title=title, sentence=f"after {tried(record)} candidates{so_far}")
