"""A pytest plugin, loaded inside the sandbox: writes the outcome of every collected test as a line of JSON."""

import json
import os
from pathlib import Path
from typing import Any

REPORT = "PERFSMITH_REPORT"


class Reporter:
    """Collects outcomes and writes them when the session ends, so that a session that dies has no report."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.outcomes: dict[str, str] = {}
        self.longrepr: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep the worst of a test's three phases."""
        rank = {"passed": 0, "skipped": 1, "failed": 2}
        seen = self.outcomes.get(report.nodeid, "passed")
        outcome = "xfailed" if hasattr(report, "wasxfail") and report.outcome == "skipped" else report.outcome
        if rank.get(outcome, 1) >= rank.get(seen, 1):
            self.outcomes[report.nodeid] = outcome
        if report.outcome == "failed":
            self.longrepr[report.nodeid] = str(report.longrepr)[-2000:]

    def pytest_sessionfinish(self) -> None:
        """Write everything at once; of a distributed run only the controller does."""
        if os.environ.get("PYTEST_XDIST_WORKER"):
            return
        with Path(self.path).open("w", encoding="utf-8", errors="replace") as out:
            for nodeid, outcome in sorted(self.outcomes.items()):
                line = {"id": nodeid, "outcome": outcome, "why": self.longrepr.get(nodeid, "")}
                out.write(json.dumps(line) + "\n")


def pytest_configure(config: Any) -> None:
    """Take part when the check asks for a report."""
    path = os.environ.get(REPORT)
    if path:
        config.pluginmanager.register(Reporter(path), "perfsmith-report")
