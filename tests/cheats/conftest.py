"""One bench for each victim and sandbox, opened when it is first asked for and kept until the end."""

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from agent.search import Bench
from core.run import BackendSpec
from tests.cheats.judging import bench_of
from tests.sandbox.engine import BASE, engine_or_reason

BenchOf = Callable[[str, str], Bench]


@pytest.fixture(scope="session")
def benches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BenchOf]:
    """The bench of a victim in a sandbox. The environments are shared by all processes of a parallel run."""
    home = tmp_path_factory.getbasetemp().parent / "cheats"
    with ExitStack() as stack:

        @functools.cache
        def bench(victim: str, sandbox: str) -> Bench:
            return stack.enter_context(bench_of(victim, home=home, sandbox=_spec_of(sandbox)))

        yield bench


def _spec_of(sandbox: str) -> BackendSpec:
    if sandbox != "docker":
        return BackendSpec(name=sandbox, options={})
    reason = engine_or_reason()
    if reason:
        pytest.skip(reason)
    return BackendSpec(name="docker", options={"base": BASE, "setup_network": "host"})


@pytest.fixture(scope="session")
def victims(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for trees of victims."""
    return tmp_path_factory.mktemp("victims")
