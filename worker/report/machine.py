"""A run for machines: the object that `--json` prints, and run.json with everything in it.

Strict JSON whatever the repository or the model wrote: no NaN or Infinity, no lone surrogates, keys in a fixed order.

Format 1: the first.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime

from core.candidate import Candidate, Evaluation, Verdict
from core.measurement import Speedup
from core.output import OutputRule
from core.run import Record, RunKind, RunStatus
from core.suspicions import Suspicion, suspicions
from worker.report.headline import outcome, reported_speedup, subject
from worker.report.minimised import left_out

FORMAT = 1

_SURROGATE = re.compile("[\ud800-\udfff]")


def summary(record: Record, *, patch: str | None = None) -> dict[str, object]:
    """The outcome of `record`; `patch` is the path of the file that holds the winner's patch."""
    run = record.run
    found: dict[str, object] = {
        "format": FORMAT,
        "run_id": run.id,
        "kind": run.kind,
        "status": run.status,
        "verdict": _verdict(record),
        "reason": _reason(record),
        "speedup": reported_speedup(record),
        "workloads": _by_workload(record),
        "objective": run.problem.objective,
        "pairs": sum(map(_pairs, record.candidates)),
        "candidates": [_candidate(record, c) for c in record.candidates if c.parent is not None],
        "canary": record.canary and _candidate(record, record.canary),
        "patch": patch,
        "look_at": _look_at(record),
        "tokens": record.spend.tokens,
        "dollars": record.spend.dollars,
        "seconds": record.spend.seconds,
        "stopped_by": run.stopped_by,
        "error": run.error,
    }
    if run.kind is RunKind.JUDGE:
        del found["candidates"]
    return strict_object(found)


def refusal(reason: str) -> dict[str, object]:
    """The object of a request that was refused before it was a run: the keys of a summary, nothing but a reason."""
    nothing = dict.fromkeys(("run_id", "kind", "verdict", "speedup", "objective", "canary", "patch", "stopped_by"))
    spent = {"workloads": {}, "look_at": [], "pairs": 0, "tokens": 0, "dollars": 0.0, "seconds": 0.0}
    return strict_object(
        {"format": FORMAT, "status": RunStatus.FAILED, "reason": reason, "error": reason} | nothing | spent
    )


def everything(record: Record) -> dict[str, object]:
    """The summary with all that led to it: what was asked, every candidate whole, every sample."""
    run = record.run
    details: dict[str, object] = {
        "created_at": run.created_at,
        "seed": run.seed,
        "problem": run.problem,
        "backends": run.backends,
        "budget": run.budget,
        "judged_patch": run.judged_patch,
        "hints": record.hints,
        "history": record.candidates,
    }
    return summary(record) | strict_object(details)


def to_json(found: Mapping[str, object]) -> str:
    """`found` as text that ends with a newline."""
    return json.dumps(found, indent=2, allow_nan=False) + "\n"


def _verdict(record: Record) -> Verdict | None:
    candidate = subject(record)
    if candidate:
        return candidate.verdict
    finished = record.run.kind is RunKind.OPTIMIZE and record.run.status is RunStatus.FINISHED
    return Verdict.NOT_FASTER if finished else None


def _reason(record: Record) -> str:
    candidate = subject(record)
    return candidate.final.reason if candidate and candidate.final else str(outcome(record))


def _by_workload(record: Record) -> dict[str, Speedup]:
    candidate = subject(record)
    return dict(candidate.final.by_workload) if candidate and candidate.final else {}


def _look_at(record: Record) -> tuple[Suspicion, ...]:
    candidate = subject(record)
    return suspicions(candidate.proposal.patch) if candidate else ()


def _pairs(candidate: Candidate) -> int:
    return _pairs_of(candidate.evaluation) + _pairs_of(candidate.confirmation)


def _pairs_of(evaluation: Evaluation | None) -> int:
    return sum(len(timing.pairs) for timing in evaluation.timings) if evaluation else 0


def _candidate(record: Record, candidate: Candidate) -> dict[str, object]:
    return {
        "number": candidate.number,
        "parent": candidate.parent,
        "proposer": candidate.proposal.proposer,
        "direction": candidate.proposal.direction,
        "verdict": candidate.verdict,
        "reason": candidate.final.reason if candidate.final else "",
        "speedup": candidate.speedup,
        "left_out": left_out(record, candidate),
    }


def strict_object(found: Mapping[str, object]) -> dict[str, object]:
    """`found` in terms of JSON."""
    return {_strict_text(key): strict(value) for key, value in found.items()}


def strict(value: object) -> object:
    """`value` in terms of JSON: what JSON has no word for becomes null or text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [strict(item) for item in value]
    if isinstance(value, Mapping):
        return strict_object({str(key): item for key, item in value.items()})
    if is_dataclass(value) and not isinstance(value, OutputRule):
        # A rule is a text as its user wrote it.
        return strict_object({field.name: getattr(value, field.name) for field in fields(value)})
    return _strict_text(value.isoformat() if isinstance(value, datetime) else str(value))


def _strict_text(text: str) -> str:
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", str(text))
