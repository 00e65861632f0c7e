"""What comes in: requests as JSON, every field described, unknown ones refused."""

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.problem import Generality, Objective
from core.queue import LEAST_PRIORITY, MOST_MACHINES, MOST_PRIORITY
from core.run import BackendSpec
from core.spend import Budget
from worker.network import require_harmless
from worker.problem.configuration import MAX_FACTOR, MAX_SECONDS, MIN_SECONDS
from worker.problem.settings import Flags
from worker.submit import Request

MOST_TEXT = 4000
MOST_PATCH = 4 << 20
_Text = Annotated[str, Field(max_length=MOST_TEXT)]
_Texts = Annotated[list[_Text], Field(min_length=1, max_length=50)]
Option = bool | int | float | Annotated[str, Field(max_length=MOST_TEXT)] | list[Annotated[str, Field(max_length=200)]]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class BackendForm(_Form):
    """A sandbox, a strategy or a proposer by name, with options."""

    name: Annotated[str, Field(max_length=64, description="A short name, as in the documentation.")]
    options: dict[str, Option] = Field(default_factory=dict, description="Only options that a network may set.")

    def spec(self, kind: str) -> BackendSpec:
        """The backend; ConfigError when it can't be asked for over a network."""
        return require_harmless(kind, BackendSpec(name=self.name, options=dict(self.options)))


class ProblemForm(_Form):
    """What overrides the repository's own configuration; what is left out is the file's or detected."""

    editable: _Texts | None = Field(default=None, description="Globs of files that may be changed.")
    tests: _Text | None = Field(default=None, description="Command that runs the tests.")
    workload: _Texts | None = Field(default=None, description="What must become faster.")
    setup: list[_Text] | None = Field(default=None, max_length=50, description="Commands that install the repository.")
    objective: Objective | None = Field(default=None, description="What to lower.")
    min_speedup: float | None = Field(
        default=None, ge=1, le=MAX_FACTOR, description="What the lower end of the interval must clear."
    )
    timeout: float | None = Field(
        default=None, ge=MIN_SECONDS, le=MAX_SECONDS, description="Seconds for the tests, and for one sample."
    )
    output: _Text | None = Field(default=None, description="How the workload's output is compared.")
    generalise: Generality | None = Field(default=None, description="Whether a gain must hold on other inputs.")

    def flags(self) -> Flags:
        """The same as flags of the command line."""
        return Flags(**self.model_dump())


class BudgetForm(_Form):
    """What may be spent; the first limit reached ends the search."""

    candidates: int | None = Field(default=None, ge=0, le=100_000)
    dollars: float | None = Field(default=None, ge=0, le=1_000_000, allow_inf_nan=False)
    tokens: int | None = Field(default=None, ge=0, le=1 << 50)
    seconds: float | None = Field(default=None, ge=0, le=1e9, allow_inf_nan=False)

    def budget(self) -> Budget:
        """The same as a word of ours."""
        return Budget(**self.model_dump())


class _WorkForm(_Form):
    repository: Annotated[str, Field(min_length=1, max_length=2000, description="URL of a git repository.")]
    ref: Annotated[str, Field(min_length=1, max_length=300)] | None = Field(
        default=None, description="Branch, tag or commit."
    )
    problem: ProblemForm = Field(default_factory=ProblemForm)
    sandbox: BackendForm = Field(default_factory=lambda: BackendForm(name="bubblewrap"))
    seed: int | None = Field(default=None, ge=0, lt=1 << 32, description="Fixes the random order of samples.")
    priority: int = Field(default=0, ge=LEAST_PRIORITY, le=MOST_PRIORITY, description="Among your own runs.")
    batch: Annotated[str, Field(max_length=100, pattern=r"^[A-Za-z0-9_.:-]*$")] = Field(
        default="", description="A name that these runs share."
    )


class RunForm(_WorkForm):
    """A search for a patch."""

    kind: Literal["optimize"] = "optimize"
    strategy: BackendForm = Field(default_factory=lambda: BackendForm(name="greedy"))
    proposers: list[BackendForm] = Field(
        default_factory=list, max_length=10, description="Empty: the server's default."
    )
    budget: BudgetForm = Field(default_factory=BudgetForm)
    machines: int = Field(
        default=1,
        ge=1,
        le=MOST_MACHINES,
        description="How many machines may evaluate candidates at a time: others help where their workers have nothing else to do.",
    )

    def request(self, repository: str) -> Request:
        """What the worker is asked; ConfigError for a backend that can't be asked for here."""
        return Request(
            repository=repository,
            ref=self.ref,
            flags=self.problem.flags(),
            sandbox=self.sandbox.spec("sandbox"),
            strategy=self.strategy.spec("strategy"),
            proposers=tuple(proposer.spec("proposer") for proposer in self.proposers),
            budget=self.budget.budget(),
            seed=self.seed,
        )


class JudgeForm(_WorkForm):
    """A patch to judge."""

    kind: Literal["judge"] = "judge"
    machines: ClassVar[int] = 1
    """Not to be asked for: there is one candidate."""
    patch: Annotated[str, Field(min_length=1, max_length=MOST_PATCH, description="A unified diff.")]

    def request(self, repository: str) -> Request:
        """What the worker is asked."""
        return Request(
            repository=repository,
            ref=self.ref,
            flags=self.problem.flags(),
            sandbox=self.sandbox.spec("sandbox"),
            strategy=BackendSpec(name="greedy", options={}),
            seed=self.seed,
            patch=self.patch,
        )
