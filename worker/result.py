"""What came of a run, as its clients read it: the same facts from a run on this machine and from one of a server."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.candidate import Verdict
from core.errors import StoreError
from core.measurement import Speedup
from core.problem import Objective
from core.run import Record, RunKind, RunStatus
from worker.report.machine import summary

_MOST_PLACES = 50


@dataclass(frozen=True, kw_only=True)
class Result:
    """A run in a few facts. The texts in it were written by anybody."""

    run_id: str
    kind: RunKind
    status: RunStatus
    verdict: Verdict | None
    reason: str
    speedup: Speedup | None
    objective: Objective
    candidates: int
    """That were tried."""
    look_at: tuple[str, ...]
    """Places in the patch that deserve a second look."""
    tokens: int
    dollars: float
    seconds: float
    error: str
    patch: str = ""
    """The confirmed patch; empty when nothing was confirmed."""

    @property
    def is_faster(self) -> bool:
        """Whether there is a confirmed patch."""
        return self.verdict is Verdict.CONFIRMED

    @property
    def is_slower(self) -> bool:
        """Whether the patch that was judged is proven to be slower: its whole interval lies below 1."""
        return self.speedup is not None and 0 < self.speedup.high < 1


def result_of(record: Record) -> Result:
    """The facts of a run of this machine."""
    patch = record.winner.proposal.patch if record.winner else ""
    return read_result(summary(record), patch=patch)


def read_result(found: Mapping[str, object], *, patch: str) -> Result:
    """The facts in the object of `worker.report.machine`; StoreError when it is none of a release like this one."""
    try:
        return Result(
            run_id=str(found["run_id"]),
            kind=RunKind(str(found["kind"])),
            status=RunStatus(str(found["status"])),
            verdict=Verdict(str(found["verdict"])) if found["verdict"] is not None else None,
            reason=str(found["reason"]),
            speedup=_speedup(found["speedup"]),
            objective=Objective(str(found["objective"])),
            candidates=len(_items(found.get("candidates") or ())),
            look_at=tuple(map(_place, _items(found["look_at"])[:_MOST_PLACES])),
            tokens=int(str(found["tokens"])),
            dollars=float(str(found["dollars"])),
            seconds=float(str(found["seconds"])),
            error=str(found["error"] or ""),
            patch=patch,
        )
    except (KeyError, ValueError, TypeError) as error:
        raise StoreError(f"the record of a run can't be read: {type(error).__name__}: {error}") from error


def _items(value: object) -> list[object]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"{value!r} is no list")
    return list(value)


def _speedup(value: object) -> Speedup | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise TypeError(f"{value!r} is no speedup")
    ends = {name: float("inf") if value[name] is None else float(value[name]) for name in ("estimate", "low", "high")}
    return Speedup(**ends)


def _place(value: object) -> str:
    if not isinstance(value, Mapping):
        raise TypeError(f"{value!r} is no place")
    return f"{value['path']}:{value['line']} ({value['construct']})"
