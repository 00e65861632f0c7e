"""One running container and the conversation with the runner in it, which starts commands there."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any, Self

from core.errors import SandboxError
from core.execution import Command, ExecResult, Layout
from sandbox.collecting import require_plain
from sandbox.conversation import Conversation
from sandbox.engine import Containers, Engine, EngineLostError
from sandbox.spawning import result_of, starter
from sandbox.variables import sandbox_variables

LAYOUT = Layout(
    repo=PurePosixPath("/repo"),
    env=PurePosixPath("/env"),
    tools=PurePosixPath("/perfsmith"),
    out=PurePosixPath("/out"),
)
HOME = "/home/user"
RUNNER = PurePosixPath("/opt/perfsmith/runner")
"""Where the runner's modules are."""
RUNNER_OPTIONS = (
    "-I", "-S", "-c", "import sys; sys.path.append(sys.argv[1]); from sandbox.runner.container import main; main()",
    str(RUNNER),
)  # fmt: skip
"""What Python is told so that it becomes the runner."""
OUT_BYTES = 256 << 20
"""Size of the out folder."""
_GREETING_SECONDS = 60.0
_GRACE_SECONDS = 180.0
"""For setting a command up and for removing its traces, besides its own time."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """One running container and the runner in it."""

    engine: Containers
    container: str
    conversation: Conversation
    greeting: Mapping[str, str]
    output_bytes: int
    variables: Mapping[str, str] = field(default_factory=dict)
    """For every command, besides what the sandbox sets."""
    held: Mapping[str, object] = field(default_factory=dict)
    """What the runner holds every command to, where nobody else does (see `sandbox.runner.sample`)."""

    @classmethod
    def begin(cls, engine: Engine, image: str, options: Mapping[str, object], *, output_bytes: int) -> Self:
        """Start a new container of `image`."""
        container = engine.create(image, options)
        return cls.enter(engine, container, output_bytes=output_bytes)

    @classmethod
    def enter(cls, engine: Containers, container: str, *, output_bytes: int) -> Self:
        """Start `container`, which is removed if that fails."""
        try:
            conversation = Conversation(engine.start(container))
            try:
                greeting = conversation.listen(seconds=_GREETING_SECONDS)
            except BaseException:
                conversation.close()
                raise
        except BaseException:
            engine.remove(container)
            raise
        return cls(
            engine=engine,
            container=container,
            conversation=conversation,
            greeting=greeting,
            output_bytes=output_bytes,
        )

    def ask(self, seconds: float, /, **request: object) -> dict[str, Any]:
        """The runner's answer; SandboxError when that is an error."""
        answer = self.conversation.ask(request, seconds=seconds)
        if "error" in answer:
            raise SandboxError(f"the sandbox could not be set up: {answer['error']}")
        return answer

    def run(self, command: Command, *, scrub: bool) -> tuple[ExecResult, bool]:
        """What was seen of the command, and whether the container is as it was before."""
        require_plain(command.collect)
        own = sandbox_variables(LAYOUT, home=HOME, temporary="/tmp")  # noqa: S108  the sandbox's own
        answer = self.ask(
            command.timeout_seconds + _GRACE_SECONDS,
            do="run",
            # Forks once more, so that the command's peak memory does not begin with the runner's.
            argv=["/usr/bin/setsid", "--fork", *starter(command.argv)],
            environment={**own, **self.variables, **command.environment, "PWD": str(LAYOUT.repo)},
            folder=str(LAYOUT.repo),
            stdin=base64.b64encode(command.stdin).decode(),
            seconds=command.timeout_seconds,
            keep=self.output_bytes,
            collect=command.collect,
            scrub=scrub,
            **self.held,
        )
        files = {name: base64.b64decode(content) for name, content in answer["files"].items()}
        return replace(result_of(answer), files=files), "spent" not in answer

    def run_unscrubbed(self, command: Command) -> ExecResult:
        """Run `command` and leave in the checkout what it did there."""
        return self.run(command, scrub=False)[0]

    def end(self) -> None:
        """Nothing is left of the container, unless the engine is gone: then the next start removes it."""
        self.conversation.close()
        try:
            self.engine.remove(self.container)
        except EngineLostError:
            return
