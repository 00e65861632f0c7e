"""Looks after a command while it runs: what it uses, and whether it must be stopped."""

import time
from typing import Any

from sandbox.runner.files import Files
from sandbox.runner.gauge import Gauge
from sandbox.runner.memory import Memory
from sandbox.runner.tree import Tree

_TICK_SECONDS = 0.05
_SHARE = 0.05
"""No more of the time than this is spent on looking."""


class Watch:
    """Begins when all is set up, just before the command goes."""

    def __init__(self, request: dict[str, Any], tree: Tree, gauge: Gauge | None) -> None:
        self.complaint = ""
        self.pause_seconds = _TICK_SECONDS
        self._tree, self._gauge = tree, gauge
        self._memory = Memory(request.get("memory", 0), gauge, lambda: tree.pids)
        self._files = Files(request.get("files", 0), request.get("places", ()))
        self._setup_seconds = gauge.cpu_seconds() if gauge else tree.setup_seconds()

    def look(self) -> bool:
        """True when the command must be stopped."""
        started = time.monotonic()
        self._memory.look()
        self.complaint = self._files.look()
        self.pause_seconds = max(_TICK_SECONDS, (time.monotonic() - started) / _SHARE)
        return bool(self.complaint) or self._memory.exceeded

    def look_last(self) -> None:
        """When the command has just ended by itself."""
        if self._gauge:
            self._memory.look()

    def facts(self) -> dict[str, Any]:
        """What is told about it, when all its processes are gone."""
        cpu, largest = self._tree.cpu_and_memory
        cpu = self._gauge.cpu_seconds() if self._gauge else cpu
        return {
            "cpu": max(cpu - self._setup_seconds, 0.0),
            "memory": max(largest, self._memory.peak),
            "out_of_memory": self._memory.exceeded,
        }
