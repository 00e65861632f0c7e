"""The seams, on one page. Backends satisfy these by shape: no base class, no registration.

A backend is a frozen dataclass whose fields are its options. Names resolve through the table in worker/backends.py.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.candidate import Candidate, CheckResult, Decision, Evaluation, Proposal
from core.execution import Command, Environment, ExecResult, Layout
from core.health import Finding
from core.measurement import Costs
from core.problem import WorkloadSpec
from core.profile import Profile
from core.progress import Event
from core.proposing import Brief, ModelCall
from core.queue import Hint
from core.run import Record, Run, RunStatus, RunSummary
from core.spend import Budget, Spend


class Ledger(Protocol):
    """Remembers a run's model calls, so that no answer is paid for twice."""

    def recall(self, key: str) -> ModelCall | None:
        """The call stored under `key`, if any."""

    def record(self, call: ModelCall) -> None:
        """Store `call` durably before returning; a second call under the same key is refused with StoreError."""

    def spent(self) -> Spend:
        """Tokens and dollars of all calls, also of those whose candidate was never made."""


class Proposer(Protocol):
    """Makes proposals. A pure function of the brief and of what its ledger recalls."""

    @property
    def name(self) -> str:
        """As shown to people."""

    def propose(self, brief: Brief, ledger: Ledger) -> Proposal | None:
        """The next proposal; None when there is nothing left to propose. Raises ProposalError with what was spent."""


class Sandbox(Protocol):
    """One checkout of the problem with one patch applied, in which commands run one after the other."""

    @property
    def layout(self) -> Layout:
        """Where things are for commands."""

    def run(self, command: Command) -> ExecResult:
        """Run `command` in the checkout and leave no trace of it: afterwards no process of it lives and the checkout
        is as it was. What the command does wrong is in the result; raises SandboxError when the sandbox broke.
        """


class SandboxProvider(Protocol):
    """Makes environments and sandboxes."""

    @property
    def name(self) -> str:
        """As shown to people."""

    def prepare(self, tree: Path, setup: Sequence[str], *, timeout_seconds: float) -> Environment:
        """Build the environment of the source `tree` by running `setup` with network, or find it in the cache by content.
        ConfigError with the output when a setup line fails.
        """

    def open(self, environment: Environment, changes: Mapping[str, str | None]) -> AbstractContextManager[Sandbox]:
        """A sandbox on a checkout of `environment` in which the text of `changes` replaces files (None deletes).
        Nothing is left of it when the context ends.
        """

    def examine(self) -> Sequence[Finding]:
        """Whether it works on this machine, and each of its promises that can't be kept here."""


class Workload(Protocol):
    """What to time: turns into a command, and a finished command into its costs."""

    @property
    def spec(self) -> WorkloadSpec:
        """As the user wrote it."""

    def command(self, layout: Layout, *, loops: int) -> Command:
        """The command of one sample that does the work `loops` times."""

    def costs(self, result: ExecResult) -> Costs:
        """The costs of one finished, successful sample; SandboxError when it left none that can be read."""


class Profiler(Protocol):
    """Tells where a workload's cost goes."""

    @property
    def name(self) -> str:
        """As shown to people."""

    def command(self, layout: Layout, command: Command) -> Command:
        """`command` under this profiler."""

    def read(self, layout: Layout, result: ExecResult) -> Profile | None:
        """The profile, or None when the profiled command left none that can be read."""


class Strategy(Protocol):
    """Chooses what to build on. A pure function of the history, so that resuming a run is starting it."""

    def select(self, history: Sequence[Candidate]) -> int | None:
        """The number of the candidate to build the next one on; None to end the search."""


class Crew(Protocol):
    """Who evaluates the candidates of a search: this process, and others that help."""

    @property
    def width(self) -> int:
        """How many candidates may be without a verdict at a time."""

    def take(self, number: int) -> bool:
        """Whether this process is the one to evaluate the candidate: nobody alive has taken it, and now it is taken."""

    def finished(self, pending: frozenset[int]) -> tuple[Candidate, ...]:
        """Those of the `pending` candidates that others have evaluated and decided, as they are stored."""

    def wait(self) -> None:
        """Give the others some time: every pending candidate is theirs."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A candidate beside the original, as a check finds them."""

    original: Sandbox
    candidate: Sandbox
    sources: Mapping[str, str]
    """Text of every editable file of the original."""
    changes: Mapping[str, str | None]
    """The new text of the files that the candidate changes; None for a deleted one."""


class Check(Protocol):
    """Tells whether a candidate still behaves like the original."""

    @property
    def name(self) -> str:
        """As shown to people."""

    def prepare(self, original: Sandbox) -> None:
        """Observe the original. Raises ConfigError when the problem itself is at fault (its tests fail or flake)."""

    def check(self, trial: Trial) -> CheckResult:
        """Observe the candidate, and the original again where that is needed, and compare."""


APART_SHARE = 1 / 3
"""The least part of a sample with a process for each repetition that the same repetitions in one process take."""
REPLAYED_SHARE = 1 / 3
"""The least part of a replay's cost that is the calls themselves; the rest is what it takes to be able to make them."""


@dataclass(frozen=True, kw_only=True)
class Replays:
    """The calls that the functions of a change get from the workloads, as things to time."""

    recorded: Workload
    """Each loop makes all the calls once, as they were recorded, in a state as fresh as a process that begins."""
    varied: Workload
    """The same with other arguments of the same size, others for each loop; what repeats in a loop repeats still."""
    loops: int
    """How many of them make a sample in which the calls are at least REPLAYED_SHARE."""
    seconds: float
    """What all the calls together take the original once."""


@dataclass(frozen=True, kw_only=True)
class NoReplays:
    """There is nothing to time."""

    reason: str
    """Why, in words that complete "not shown to generalise: ..."."""


class Replayer(Protocol):
    """Makes workloads of the calls that a change's functions get."""

    def replays(self, trial: Trial) -> Replays | NoReplays:
        """The calls of the original's functions that the candidate changes, which are observed on the original alone."""


class Store(Protocol):
    """What is remembered. Append-only but for a run's status."""

    def create(self, run: Run) -> None:
        """Record a new run."""

    def load(self, run_id: str) -> Record:
        """Everything about the run; ConfigError when there is none with this id (an unambiguous prefix will do)."""

    def recent(self, limit: int) -> list[RunSummary]:
        """The newest runs first."""

    def transition(self, run_id: str, status: RunStatus, *, error: str = "", stopped_by: str = "") -> None:
        """The run's new status with its reason."""

    def grant(self, run_id: str, budget: Budget) -> None:
        """The run's new budget."""

    def ledger(self, run_id: str) -> Ledger:
        """The run's memory of model calls."""

    def history(self, run_id: str) -> "History":
        """Where the run's candidates are written."""


class History(Protocol):
    """A run's candidates as they grow; every method stores durably before it returns."""

    def propose(self, candidate: Candidate) -> None:
        """A new candidate, not yet evaluated. StoreError when its number is taken."""

    def decide(self, number: int, evaluation: Evaluation, decision: Decision) -> None:
        """What was observed about it and the verdict."""

    def confirm(self, number: int, confirmation: Evaluation, decision: Decision) -> None:
        """What the fresh samples said."""

    def profile(self, number: int, profiles: Sequence[Profile]) -> None:
        """The candidate's profiles."""

    def hints(self) -> tuple[Hint, ...]:
        """What people have said about the search so far, oldest first."""


class Listener(Protocol):
    """Is told what happens, as it happens: the terminal, a log, a page."""

    def __call__(self, event: Event, /) -> None:
        """Take note of `event`; must not raise."""
