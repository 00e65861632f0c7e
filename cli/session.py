"""One command's connection to store and worker: who is told what happens, and how the outcome is printed."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli.interruption import interruption
from cli.lines import Lines
from cli.screen import Screen
from cli.tables import print_outcome, print_record, print_runs
from core.errors import ConfigError, PerfsmithError
from core.progress import Noted
from core.protocols import Listener, Store
from core.run import BackendSpec, Run
from core.spend import NO_LIMITS, Budget
from sandbox.applying import apply_to_checkout
from store.sql import SqlStore
from worker.handout import PATCH, REPORT, Handout
from worker.job import Job
from worker.memory import opened
from worker.report.machine import refusal, summary, to_json
from worker.settings import Settings, read_settings
from worker.submit import Request, default_proposers, require_prices, submit

NO_ISOLATION = (
    "WARNING: --sandbox unsafe gives no isolation at all: the repository's code and what a model wrote run as you, "
    "with your files and your network"
)


@dataclass(frozen=True, kw_only=True)
class Session:
    """An open store, and where to tell what happens."""

    settings: Settings
    store: Store
    notify: Listener
    json: bool
    output: Path | None

    @classmethod
    @contextmanager
    def open(cls, *, json: bool, output: Path | None) -> Iterator["Session"]:
        """The session of one command. With `json`, a request that is refused before it is a run is one object, too."""
        settings = read_settings(os.environ)
        try:
            with open_store(settings) as store, _listener() as notify:
                yield cls(settings=settings, store=store, notify=notify, json=json, output=output)
        except _RunFailedError as failed:
            if json and failed.summary is not None:
                sys.stdout.write(to_json(failed.summary))
            raise failed.error from None
        except PerfsmithError as error:
            if json:
                sys.stdout.write(to_json(refusal(str(error))))
            raise

    def default_proposers(self) -> tuple[BackendSpec, ...]:
        """Who proposes when nobody was named."""
        return default_proposers(self.settings)

    def run(self, request: Request, *, apply_to: str | None) -> None:
        """Submit `request`, work on it here, print what came of it, and apply the patch where asked."""
        self._require_places(request, apply_to)
        run = submit(request, store=self.store, settings=self.settings)
        if request.patch is None:
            self.notify(Noted(message=f"proposers: {', then '.join(map(str, run.backends.proposers))}"))
        handout = self._execute(run)
        self._print(handout)
        if apply_to is not None and handout.record.winner:
            try:
                apply_to_checkout(Path(apply_to), handout.record.winner.proposal.patch, revision=run.problem.revision)
            except PerfsmithError as error:
                raise _RunFailedError(error, None) from error
            sys.stderr.write(f"Applied the patch to {apply_to}\n")

    def _require_places(self, request: Request, apply_to: str | None) -> None:
        """Refuse now what could not be written after hours of work."""
        if apply_to is not None and not Path(apply_to).is_dir():
            raise ConfigError(f"--apply needs a checkout to write to, but {apply_to} is no folder")
        if apply_to is not None and request.ref is not None:
            raise ConfigError("--apply writes to what is checked out; check out the revision in place of giving --ref")
        if self.output is None:
            return
        if apply_to is not None and self.output.resolve().is_relative_to(Path(apply_to).resolve()):
            raise ConfigError(f"--apply wants a clean checkout; give --output a folder outside of {apply_to}")
        try:
            self.output.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"--output {self.output} can't be a folder: {error.strerror}") from error

    def resume(self, run_id: str, budget: Budget) -> None:
        """Continue a run; limits in `budget` replace its own."""
        run = self.store.load(run_id).run
        if budget.dollars is not None:
            require_prices(run.backends.proposers, self.settings)
        if budget != NO_LIMITS:
            self.store.grant(run.id, run.budget.replaced_by(budget))
        self._print(self._execute(run))

    def _execute(self, run: Run) -> Handout:
        # LangGraph takes a second to import, which nobody should wait for who only lists runs or mistyped an option.
        from worker.execute import execute  # noqa: PLC0415

        if run.backends.sandbox.name == "unsafe":
            self.notify(Noted(message=NO_ISOLATION))
        with interruption(self.notify) as interrupted:
            job = Job(
                run_id=run.id,
                store=self.store,
                settings=self.settings,
                notify=interrupted.listen,
                interrupted=interrupted,
                output=self.output,
            )
            try:
                return execute(job)
            except PerfsmithError as error:
                raise _RunFailedError(self._advised(error, run), summary(self.store.load(run.id))) from error
            except KeyboardInterrupt:
                if self.json:
                    sys.stdout.write(to_json(summary(self.store.load(run.id))))
                sys.stderr.write(f"Stopped. Continue with: perfsmith resume {run.id}\n")
                raise

    def _advised(self, error: PerfsmithError, run: Run) -> PerfsmithError:
        """Where the run's sandbox does not work, the error says which one does or how to get one."""
        if not isinstance(error, ConfigError):
            return error
        from worker.doctor import instead_of  # noqa: PLC0415 - it takes SciPy, which only a failure should wait for

        advice = instead_of(run.backends.sandbox, self.settings)
        return ConfigError(f"{error}\n{advice}") if advice else error

    def _print(self, handout: Handout) -> None:
        if self.json:
            sys.stdout.write(to_json(handout.summary))
        else:
            print_outcome(handout.record, patch=handout.patch, report=handout.report)


class _RunFailedError(Exception):
    """Something that failed after the run was recorded: the error, and the object for machines unless it was printed."""

    def __init__(self, error: PerfsmithError, found: dict[str, object] | None) -> None:
        super().__init__(str(error))
        self.error = error
        self.summary = found


def show_runs(limit: int) -> None:
    """Print the newest runs."""
    with open_store(read_settings(os.environ)) as store:
        print_runs(store.recent(limit))


def show_run(run_id: str, *, json: bool) -> None:
    """Print one run."""
    settings = read_settings(os.environ)
    with open_store(settings) as store:
        record = store.load(run_id)
    output = settings.workspace(record.run.id) / "output"
    if json:
        patch = output / PATCH
        sys.stdout.write(to_json(summary(record, patch=str(patch) if record.winner and patch.is_file() else None)))
    else:
        print_record(record, report=output / REPORT)


@contextmanager
def open_store(settings: Settings) -> Iterator[SqlStore]:
    """The store of `settings`; its folder is made where needed."""
    make_home(settings)
    with opened(settings) as store:
        yield store


def make_home(settings: Settings) -> None:
    """The folder that everything is kept in; ConfigError when it can't be made."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigError(f"PERFSMITH_HOME {settings.home} can't be made: {error.strerror}") from error


@contextmanager
def _listener() -> Iterator[Listener]:
    """The live screen on a terminal, short lines elsewhere."""
    if sys.stderr.isatty():
        with Screen() as screen:
            yield screen
    else:
        yield Lines()
