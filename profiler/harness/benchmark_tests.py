"""Runs inside the sandbox: tests with the `benchmark` fixture. `benchmark_tests.py LOOPS NODE_ID...`.

The fixture is replaced by one that calls the function a fixed number of times; pytest-benchmark need not be installed.
"""

import importlib.util
import sys
from collections.abc import Callable
from typing import Any

import perfsmith_outcome

OUTCOME = perfsmith_outcome.enter_repository()

import pytest  # noqa: E402 - must come from the environment, after the harnesses have left the path

INSTALLED = importlib.util.find_spec("pytest_benchmark") is not None


class Benchmark:
    """What a test gets as `benchmark`; looks like pytest-benchmark's under --benchmark-disable."""

    enabled = False
    disabled = True
    stats = None
    group = None

    def __init__(self, node: Any, loops: int, digests: dict[str, str]) -> None:
        self.name = node.name
        self.fullname = node.nodeid
        self.param = node.callspec.id if hasattr(node, "callspec") else None
        self.params = node.callspec.params if hasattr(node, "callspec") else None
        self.extra_info: dict[str, object] = {}
        self._loops = loops
        self._digests = digests

    def __call__(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Call `function` and return its last result."""
        for _ in range(self._loops - 1):
            function(*args, **kwargs)
        return self._done(function(*args, **kwargs))

    def pedantic(  # noqa: PLR0917 - pytest-benchmark's signature
        self,
        target: Callable[..., Any],
        args: Any = (),
        kwargs: Any = None,
        setup: Callable[[], Any] | None = None,
        teardown: Callable[..., Any] | None = None,
        rounds: int = 1,  # noqa: ARG002 - the loops take the place of these three
        warmup_rounds: int = 0,  # noqa: ARG002 - as above
        iterations: int = 1,  # noqa: ARG002 - as above
    ) -> Any:
        """Call `target`, each time between `setup` and `teardown`; `setup` may return its arguments."""
        result = None
        for _ in range(self._loops):
            result = None  # the one before must not live beside the next
            positional, named = (setup() if setup else None) or (args, kwargs or {})
            result = target(*positional, **named)
            if teardown:
                teardown(*positional, **named)
        return self._done(result)

    def _done(self, result: Any) -> Any:
        self._digests[self.fullname] = perfsmith_outcome.digest(result)
        return result


class Plugin:
    """Takes the place of pytest-benchmark's plugin."""

    def __init__(self, loops: int) -> None:
        self.loops = loops
        self.digests: dict[str, str] = {}

    def pytest_addoption(self, parser: pytest.Parser) -> None:
        """Its options may stand in the repository's configuration."""
        if INSTALLED:
            importlib.import_module("pytest_benchmark.plugin").pytest_addoption(parser)

    def pytest_addhooks(self, pluginmanager: pytest.PytestPluginManager) -> None:
        """Its hooks may stand in the repository's conftest files."""
        if INSTALLED:
            pluginmanager.add_hookspecs(importlib.import_module("pytest_benchmark.hookspec"))

    def pytest_configure(self, config: pytest.Config) -> None:
        """Its marker may stand at tests."""
        config.addinivalue_line("markers", "benchmark: options of pytest-benchmark, all without effect here")

    @pytest.fixture
    def benchmark(self, request: pytest.FixtureRequest) -> Benchmark:
        """Calls a function as often as the sample asks for."""
        return Benchmark(request.node, self.loops, self.digests)


def main() -> None:
    """Run the tests and print one digest for each of them; exit with pytest's status."""
    plugin = Plugin(int(sys.argv[1]))
    arguments = ["-q", "-p", "no:benchmark", "-o", "required_plugins=", *_undone(), *sys.argv[2:]]
    status = pytest.main(arguments, plugins=[plugin])
    if status != pytest.ExitCode.OK:
        sys.exit(int(status))
    if not plugin.digests:
        sys.exit(f"no test of {' '.join(sys.argv[2:])} used the benchmark fixture")
    for node_id in sorted(plugin.digests):
        print(node_id, plugin.digests[node_id], file=OUTCOME, flush=True)


def _undone() -> list[str]:
    """Options against what a repository may ask for by default: other processes, and tracing each line."""
    against = {"xdist": ["-n", "0"], "pytest_cov": ["--no-cov"]}
    return [option for module, options in against.items() if importlib.util.find_spec(module) for option in options]


main()
