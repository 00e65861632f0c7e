"""A request worked on in this process, from submission to its end."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.errors import PerfsmithError
from core.protocols import Listener, Store
from core.run import Record
from worker.job import Job
from worker.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Bench:
    """Where runs are worked on one after the other."""

    store: Store
    settings: Settings
    notify: Listener
    interrupted: Callable[[], bool]


def work(run_id: str, bench: Bench, *, output: Path | None = None) -> Record:
    """The run after its end, whatever that was: an error of the run is in its record.

    PerfsmithError when even that could not be recorded; KeyboardInterrupt when it was cut off.
    """
    # LangGraph takes a second to import, which nobody should wait for whose request is refused.
    from worker.execute import execute  # noqa: PLC0415

    job = Job(
        run_id=run_id,
        store=bench.store,
        settings=bench.settings,
        notify=bench.notify,
        interrupted=bench.interrupted,
        output=output,
    )
    try:
        return execute(job).record
    except PerfsmithError:
        record = bench.store.load(run_id)
        if not record.run.error:
            raise
        return record
