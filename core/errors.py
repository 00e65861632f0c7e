"""What our own machinery can do wrong. What the code under test does wrong is data (see `core.execution`).

PerfsmithError
├── ConfigError    the submitter must change the request; the cli prints it and exits with 2
│   ├── AllowanceError  the owner's day leaves too few dollars: later it may be taken; a batch waits for its own runs
│   └── MachineError   this machine lacks what it takes, or can't reach it: another one, or this one later, may succeed
│       └── NoSandboxError  what is lacking is a sandbox; a run that fails of it counts among those whose sandbox broke
├── ProposalError  a proposer had no usable answer; the loop records a candidate with its cost and goes on
├── SandboxError   the sandbox itself broke; evaluate retries, then the run fails with this reason
│   └── UnsteadyError  the original failed this time; the same, but nothing of ours is broken
└── StoreError     what is remembered can't be read or written; the run fails with this reason
    └── LostClaimError  another worker has the run or the candidate now; this one stops at once and writes nothing more
"""

from core.spend import NOTHING, Spend


class PerfsmithError(Exception):
    """The root: every error that perfsmith raises on purpose."""


class ConfigError(PerfsmithError):
    """A request that can't be carried out as it stands; the message names the bad value and the good ones."""


class AllowanceError(ConfigError):
    """What is asked for is more than is left of the day's allowance."""


class MachineError(ConfigError):
    """What can't be carried out here, for want of something on this machine or because something can't be reached from it."""


class NoSandboxError(MachineError):
    """There can be no sandbox here; the message names what is missing and how to get it."""


class ProposalError(PerfsmithError):
    """A proposer spent `spend` and has nothing that could be evaluated."""

    def __init__(self, message: str, *, spend: Spend = NOTHING, direction: str = "") -> None:
        super().__init__(message)
        self.spend = spend
        self.direction = direction


class SandboxError(PerfsmithError):
    """The sandbox could not be made or broke while it ran; says nothing about the code under test."""


class UnsteadyError(SandboxError):
    """The original code failed where it did not before: tried again like a broken sandbox, but the repository's own."""


class StoreError(PerfsmithError):
    """The store can't be reached, or holds something this release can't read."""


class LostClaimError(StoreError):
    """Something about a run that is for whoever holds or helps it, asked by somebody who does so no longer."""


def is_of_machine(error: PerfsmithError) -> bool:
    """Whether another machine, or this one later, may succeed at the same: neither the request nor its code is at fault."""
    return isinstance(error, MachineError | SandboxError) and not isinstance(error, UnsteadyError)
