"""An open sandbox that is one warm container, replaced by a new one when it is lost or can't be made clean."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Self, TypeVar

from core.errors import SandboxError
from core.execution import Command, Ending, ExecResult, Layout, Output
from sandbox.engine import Containers, EngineLostError
from sandbox.installing import compile_changed
from sandbox.session import LAYOUT, Session

_COMPILE_SECONDS = 120.0
_CHECKOUT_SECONDS = 600.0
_TRIES = 3
_SIGKILL = 9
_HARMLESS = Command(argv=("/bin/true",), timeout_seconds=60.0)

Result = TypeVar("Result")


class LostAgainError(SandboxError):
    """A container was lost so often that this is no accident. An open sandbox asks then whose fault it is."""


def patiently(engine: Containers, do: Callable[[], Result]) -> Result:
    """What `do` returns; done again when the engine or a container was lost. LostAgainError when that goes on and on."""
    lost = EngineLostError()
    for _ in range(_TRIES):
        try:
            return do()
        except EngineLostError as error:
            lost = error
            engine.wait_until_back()
    raise LostAgainError(f"the container was lost {_TRIES} times in a row: {lost}") from lost


class Contained:
    """The open sandbox: a context manager, whose first container is there at once and others when they are needed."""

    layout: Layout = LAYOUT

    def __init__(
        self,
        engine: Containers,
        begin: Callable[[], Session],
        changes: Mapping[str, str | None],
        *,
        memory_bytes: int,
    ) -> None:
        self._engine = engine
        self._begin = begin
        self._changes = changes
        self._memory_bytes = memory_bytes
        self._session: Session | None = None

    def __enter__(self) -> Self:
        patiently(self._engine, self._ready)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end()

    def run(self, command: Command) -> ExecResult:
        """Run `command`; when its container is lost, run it again in a new one, since it left nothing behind.

        Where that goes on and on but another command fares well, it is what `command` does: it counts as killed.
        """
        started = datetime.now(UTC)
        try:
            return patiently(self._engine, lambda: self._run(command))
        except LostAgainError as lost:
            patiently(self._engine, lambda: self._run(_HARMLESS))
            return self._ended(started, Ending.SIGNALLED, memory_bytes=0, said=f"it ended its own sandbox: {lost}")

    def _run(self, command: Command) -> ExecResult:
        session = self._ready()
        started = datetime.now(UTC)
        try:
            result, clean = session.run(command, scrub=True)
        except EngineLostError:
            out_of_memory = _ran_out_of_memory(session, started)
            self._end()
            if out_of_memory:
                # The kernel killed the runner along with the command, so that nobody can tell more.
                return self._ended(started, Ending.OUT_OF_MEMORY, memory_bytes=self._memory_bytes)
            raise
        except BaseException:
            # Half a conversation is of no use: what is running ends here, too.
            self._end()
            raise
        # What was killed for want of memory must not be taken for the reason of another loss.
        if not clean or result.ending is Ending.OUT_OF_MEMORY:
            self._end()
        return result

    def _ready(self) -> Session:
        """The running container, or a new one with the patch applied."""
        if self._session is not None:
            return self._session
        session = self._begin()
        try:
            session.ask(_CHECKOUT_SECONDS, do="check_out", changes=dict(self._changes))
            if self._changes:
                changed = [path for path, text in self._changes.items() if text is not None]
                compile_changed(session.run_unscrubbed, LAYOUT, changed, timeout_seconds=_COMPILE_SECONDS)
                session.ask(_CHECKOUT_SECONDS, do="seal")
        except BaseException:
            session.end()
            raise
        self._session = session
        return session

    def _end(self) -> None:
        if self._session is not None:
            self._session.end()
            self._session = None

    def _ended(self, started: datetime, ending: Ending, *, memory_bytes: int, said: str = "") -> ExecResult:
        """The result of a command whose runner did not live to tell."""
        return ExecResult(
            ending=ending,
            exit_code=-_SIGKILL,
            wall_seconds=(datetime.now(UTC) - started).total_seconds(),
            cpu_seconds=0.0,
            peak_memory_bytes=memory_bytes,
            stdout=Output.of(b""),
            stderr=Output.of(said.encode()),
        )


def _ran_out_of_memory(session: Session, since: datetime) -> bool:
    try:
        return session.engine.ran_out_of_memory(session.container, since)
    except EngineLostError:
        return False
