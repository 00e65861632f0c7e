"""Makes the virtual environment and runs the setup lines, all of it by commands in a sandbox."""

import time
from collections.abc import Callable, Sequence

from core.errors import ConfigError, NoSandboxError, SandboxError
from core.execution import Command, Ending, ExecResult, Layout, line_of, shell, tail_of
from sandbox.environments import python as host_python

PTH_SECONDS = 60.0
_WRITE_PTH = """
import pathlib, sys, sysconfig
pathlib.Path(sysconfig.get_path("purelib"), "perfsmith.pth").write_text(sys.argv[1])
"""

Run = Callable[[Command], ExecResult]


def install(
    run: Run, layout: Layout, setup: Sequence[str], *, timeout_seconds: float, python: str = str(host_python())
) -> None:
    """Fill the env folder by means of `python` and set up the checkout.

    ConfigError names the line that failed and shows its output, or the run's own limit that leaves no room for an environment;
    NoSandboxError when there can be none here at all.
    """
    deadline = time.monotonic() + timeout_seconds
    _make_environment(run, layout, python, timeout_seconds)
    _make_plugins_importable(run, layout)
    for line in setup:
        _set_up(run, shell(line, timeout_seconds=max(deadline - time.monotonic(), 0.0)), timeout_seconds)
    compile_all(run, layout, timeout_seconds=timeout_seconds)


def _make_environment(run: Run, layout: Layout, python: str, timeout_seconds: float) -> None:
    venv = run(Command(argv=(python, "-m", "venv", str(layout.env)), timeout_seconds=timeout_seconds))
    failed = f"no virtual environment could be made with {python}"
    if venv.ending is Ending.TIMED_OUT:
        raise ConfigError(f"{failed}; raise `setup_timeout`, which is {timeout_seconds:g} s: {_ending(venv)}")
    if venv.ending is Ending.OUT_OF_MEMORY:
        raise ConfigError(f"{failed}; raise the sandbox's `memory_bytes`: {_ending(venv)}")
    if not venv.succeeded:
        raise NoSandboxError(f"{failed} (on Debian: apt-get install python3-venv): {_ending(venv)}")


def _make_plugins_importable(run: Run, layout: Layout) -> None:
    """By a .pth file, because a test command that sets PYTHONPATH for itself would undo a variable of ours."""
    argv = (layout.python, "-I", "-c", _WRITE_PTH, f"{layout.plugins}\n")
    written = run(Command(argv=argv, timeout_seconds=PTH_SECONDS))
    if not written.succeeded:
        raise SandboxError(f"the environment can't be written: {written.failure}")


def _set_up(run: Run, command: Command, timeout_seconds: float) -> None:
    result = run(command)
    if not result.succeeded:
        raise ConfigError(
            f"the setup line {line_of(command.argv)!r} failed (all setup lines together have {timeout_seconds:g} s); "
            f"change `setup` in the configuration. {_ending(result)}"
        )


def _ending(result: ExecResult) -> str:
    return f"{result.failure}\n{tail_of(result.stdout.text)}".rstrip()


def compile_all(run: Run, layout: Layout, *, timeout_seconds: float) -> None:
    """Compile all there is, so that no sample has to. Files that can't be compiled are none of our business."""
    argv = (layout.python, "-I", "-S", "-m", "compileall", "-q", str(layout.repo), str(layout.env / "lib"))
    run(Command(argv=argv, timeout_seconds=timeout_seconds))


def compile_changed(run: Run, layout: Layout, paths: Sequence[str], *, timeout_seconds: float) -> None:
    """Compile these files of the checkout anew, even where the bytecode's time and size suggest that it is fresh."""
    sources = [str(layout.repo / path) for path in paths if path.endswith(".py")]
    if sources:
        argv = (layout.python, "-I", "-S", "-m", "compileall", "-q", "-f", "-i", "-")
        stdin = "\n".join(sources).encode("utf-8", "surrogateescape")
        run(Command(argv=argv, timeout_seconds=timeout_seconds, stdin=stdin))
