"""The API of perfsmith over a real store and on a real port, with a worker that has its results from the test."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import uvicorn

from api.app import make_app
from api.service import Service
from core.access import Scope
from core.candidate import Candidate, Verdict
from core.run import Run, RunStatus
from store.sql import SqlStore
from tests.fakes.records import FOUND, a_baseline, a_candidate
from worker.settings import read_settings
from worker.tokens import mint


@dataclass(kw_only=True)
class ApiServer:
    """A running server, and how its runs end."""

    url: str
    token: str = field(repr=False)
    store: SqlStore
    patch_of: Callable[[Run], str] = lambda _: ""
    """The patch that a run confirms; empty for none."""
    is_idle: bool = False
    """Whether runs are left waiting."""

    @property
    def runs(self) -> list[Run]:
        """All runs, the newest first."""
        return [self.store.load(each.id).run for each in self.store.recent(100)]

    def nudge(self, run_ids: Sequence[str]) -> None:
        """End these runs at once."""
        if not self.is_idle:
            self.work(run_ids)

    def work(self, run_ids: Sequence[str] = ()) -> None:
        """End these runs, or all that wait."""
        for run_id in run_ids or [run.id for run in self.runs]:
            record = self.store.load(run_id)
            if record.run.status is RunStatus.QUEUED:
                self.store.transition(run_id, RunStatus.RUNNING)
                self._work(record.run)
                self.store.transition(run_id, RunStatus.FINISHED, stopped_by="all was tried")

    def _work(self, run: Run) -> None:
        history, patch = self.store.history(run.id), run.judged_patch or self.patch_of(run)
        found = [a_baseline()]
        if patch:
            found.append(a_candidate(1, Verdict.CONFIRMED, speedup=FOUND, patch=patch))
        for candidate in found:
            history.propose(_opened(candidate))
            assert candidate.evaluation
            assert candidate.decision
            # Without samples: they would be in seconds, whatever the run's objective is.
            history.decide(candidate.number, replace(candidate.evaluation, timings=()), candidate.decision)
            if candidate.confirmation and candidate.confirmed:
                history.confirm(candidate.number, replace(candidate.confirmation, timings=()), candidate.confirmed)


def _opened(candidate: Candidate) -> Candidate:
    return Candidate(number=candidate.number, parent=candidate.parent, proposal=candidate.proposal)


@contextmanager
def api_on_loopback(
    home: Path, *, dollars_per_day: float | None = None, is_idle: bool = False, **environment: str
) -> Iterator[ApiServer]:
    """A server with one token."""
    usual = {"PERFSMITH_HOME": str(home), "PERFSMITH_URL_SCHEMES": "https,file"}
    settings = read_settings(usual | environment)
    home.mkdir()
    with SqlStore.open(settings.database_url) as store:
        minted = mint("action", Scope.SUBMIT, expires_in=None, dollars_per_day=dollars_per_day)
        store.keyring.add(minted.token)
        api = ApiServer(url="", token=minted.secret, store=store, is_idle=is_idle)
        service = Service(settings=settings, store=store, nudge=api.nudge)
        config = uvicorn.Config(make_app(service), port=0, log_config=None, access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        api.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        yield api
        server.should_exit = True
        thread.join()
