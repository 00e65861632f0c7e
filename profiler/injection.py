"""Puts a profiler into the Python processes of any command, by way of the interpreter's own start-up hook."""

from dataclasses import replace

from core.execution import Command, Layout


def injected(layout: Layout, command: Command, *, profiler: str, report: str, settings: str = "") -> Command:
    """`command` with the harness module `profiler` in every Python process, and its `report` collected.

    A command that sets PYTHONPATH itself, or starts Python with -I, -E or -S, escapes: then there is no report.
    """
    folder = str(layout.tools / "profiler" / "inject")
    already = command.environment.get("PYTHONPATH")
    environment = {
        **command.environment,
        "PYTHONPATH": f"{folder}:{already}" if already else folder,
        "PERFSMITH_PROFILER": profiler,
        "PERFSMITH_OUT": str(layout.out),
        "PERFSMITH_SITE": str(layout.tools / "site"),
        "PERFSMITH_LINES": settings,
    }
    return replace(command, environment=environment, collect=(*command.collect, report))
