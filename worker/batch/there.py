"""Works a batch off on a server, all runs at once, or as many as the day's dollars allow. Started again, it goes on."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.errors import AllowanceError, ConfigError
from core.queue import Ticket
from worker.batch.results import Ended, write_results
from worker.batch.rows import Row
from worker.batch.working import Progress, Told
from worker.remote.client import POLL_SECONDS, NoEntryError, RunState, Server


def work_there(rows: Sequence[Row], server: Server, name: str, output: Path, told: Told) -> tuple[Ended, ...]:
    """Every row's run on `server`, where the same name, line and files are the same run. NoEntryError, with the results as they were,
    when it takes nothing from us.
    """
    work = _Work(rows=rows, server=server, name=name, output=output, told=told, waiting=deque(rows))
    while work.waiting or work.standing:
        work.hand_in()
        work.look()
        if work.standing:
            server.sleep(POLL_SECONDS)
    work.write()
    return tuple(work.ended[row.digest] for row in rows)


@dataclass(kw_only=True)
class _Work:
    rows: Sequence[Row]
    server: Server
    name: str
    output: Path
    told: Told
    waiting: deque[Row]
    """Not handed in yet."""
    standing: dict[str, tuple[Row, RunState]] = field(default_factory=dict)
    ended: dict[str, Ended] = field(default_factory=dict)
    day_is_full: bool = False
    """Whether the day has too few dollars left until a run of ours ends, which gives back what it did not spend."""

    def hand_in(self) -> None:
        """All that wait, in their order, for as long as the day has dollars for them."""
        while self.waiting and not self.day_is_full:
            row = self.waiting[0]
            ticket = Ticket(
                key=f"{self.name}:{row.digest}", batch=self.name, priority=row.priority, machines=row.machines
            )
            try:
                state = self.server.hand_in(row.request, ticket)
            except AllowanceError as error:
                if self.standing:
                    self.day_is_full = True
                    self.told(Progress(row=row, words="waits for dollars of the day"))
                    return
                self._end(row, Ended(row=row, result=None, refusal=str(error)))
            except NoEntryError:
                raise
            except ConfigError as error:
                self._end(row, Ended(row=row, result=None, refusal=str(error)))
            else:
                self.standing[row.digest] = (row, state)
                self.told(Progress(row=row, words=_words(state)))
            self.waiting.popleft()

    def look(self) -> None:
        """What has become of those that stand. A token may ask so often a minute: those under way are asked for together."""
        if not self.standing:
            return
        patient = self._patient()
        under_way = patient.under_way(self.name)
        for digest, (row, known) in list(self.standing.items()):
            state = under_way.get(known.run_id) or (known if known.is_over else patient.state(known.run_id))
            if state.is_over:
                del self.standing[digest]
                self.day_is_full = False
                self._end(row, Ended(row=row, result=patient.result(state.run_id)))
            else:
                self.standing[digest] = (row, state)
                self.told(Progress(row=row, words=_words(state)))

    def write(self) -> None:
        """The results so far."""
        write_results(self.output, [self.ended[row.digest] for row in self.rows if row.digest in self.ended])

    def _patient(self) -> Server:
        """The server, whose silence is told of the first row that stands."""
        row, state = next(iter(self.standing.values()))
        return self.server.patient(
            lambda words: self.told(Progress(row=row, words=_words(replace(state, progress=words))))
        )

    def _end(self, row: Row, ended: Ended) -> None:
        self.ended[row.digest] = ended
        if ended.result or self.standing:  # a server that has taken nothing yet may be the wrong one
            self.write()
        self.told(Progress(row=row, ended=ended))


def _words(state: RunState) -> str:
    return f"{state.run_id} {state.status} {state.progress}".strip()
