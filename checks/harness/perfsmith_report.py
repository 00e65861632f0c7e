"""A pytest plugin, loaded inside the sandbox: writes down, signed, what every test came to. PYTEST_DONT_REWRITE.

Loaded before any code of the repository. Records are lists of texts: `collected` with the ids of all tests; `test` with id,
phase, outcome and the end of the output, for every call and for every other phase that did not pass; `sentinel` with its
kind and how it ended; `changed` with what was replaced, and by what; `end`.
"""

import os
from typing import Any

import perfsmith_seal
import pytest
from perfsmith_sentinels import Sentinels
from perfsmith_watch import Watch

_WORKER = "PYTEST_XDIST_WORKER"
_KEEP_GOING = "PERFSMITH_KEEP_GOING"
_LONGEST = 2000
_watches: list[Watch] = []


def pytest_addoption() -> None:
    """Called as soon as this plugin is known: pytest is there, and nothing of the repository is."""
    if not _watches:
        _watches.append(Watch())


def pytest_configure(config: Any) -> None:
    """Take part when this process was given the key, or works for one that was."""
    record = perfsmith_seal.waiting.pop() if perfsmith_seal.waiting else None
    if os.environ.get(_WORKER):
        config.pluginmanager.register(WorkerReporter(config))
    elif record is not None:
        if os.environ.get(_KEEP_GOING):
            config.option.maxfail = 0
        config.pluginmanager.register(Reporter(record))


class Session:
    """What is looked for in each process that runs tests."""

    def __init__(self, record: perfsmith_seal.Record) -> None:
        self._record = record
        self._sentinels = Sentinels(record)
        self._watch = _watches[0]

    def pytest_collection_finish(self, session: Any) -> None:
        """Place the tests that have to fail."""
        self._sentinels.place(session.items)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: Any) -> None:
        """Look around between two tests."""
        self._watch.look()
        self._sentinels.run_before(item)

    def _finish(self, session: Any) -> None:
        self._sentinels.run_left()
        self._watch.look_at_end(session.config.hook)
        for what, now in self._watch.changed.items():
            self._record("changed", what, now)


class Reporter(Session):
    """Takes part in the session that the user started."""

    def __init__(self, record: perfsmith_seal.Record) -> None:
        super().__init__(record)
        self._collected = False

    def pytest_collection_finish(self, session: Any) -> None:
        """Say which tests there are."""
        super().pytest_collection_finish(session)
        self._collect([item.nodeid for item in session.items])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Say which tests there are, when others run them."""
        self._collect(ids)

    def _collect(self, ids: list[str]) -> None:
        if not self._collected:
            self._collected = True
            self._record("collected", *ids)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: Any) -> None:
        """Say what a phase of a test came to; nothing of a phase before or after the test itself that passed."""
        outcome = "xfailed" if hasattr(report, "wasxfail") and report.outcome == "skipped" else report.outcome
        if report.when in ("setup", "teardown") and outcome == "passed":
            return
        why = str(report.longrepr)[-_LONGEST:] if report.outcome == "failed" else ""
        self._record("test", report.nodeid, str(report.when), outcome, why)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Pass on what a worker of a distributed session saw besides."""
        for kind, *words in getattr(node, "workeroutput", {}).get("perfsmith", ()):
            if kind in ("sentinel", "changed"):
                self._record(kind, *words)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: Any) -> None:
        """A session that dies before this has no end, and its report is worth nothing."""
        self._finish(session)
        self._record("end")


class WorkerReporter(Session):
    """Takes part in a worker of a distributed session, which has no key: it tells the process that has."""

    def __init__(self, config: Any) -> None:
        seen: list[tuple[str, ...]] = []
        super().__init__(lambda *texts: seen.append(texts))
        config.workeroutput["perfsmith"] = seen

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: Any) -> None:
        """The worker's output is sent afterwards."""
        self._finish(session)
