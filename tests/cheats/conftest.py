"""One bench for each victim and sandbox, opened when it is first asked for and kept until the end."""

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from agent.search import Bench
from core.run import BackendSpec
from tests.cheats.benches import BUBBLEWRAP, bench_of, docker
from tests.sandbox.engine import BASE, engine_or_reason

BenchOf = Callable[[str, str], Bench]
"""The bench of a victim in a sandbox."""


@pytest.fixture(scope="session")
def benches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BenchOf]:
    """The environments are shared by all processes of a parallel run."""
    home = tmp_path_factory.getbasetemp().parent / "cheats"
    with ExitStack() as stack:

        @functools.cache
        def bench(victim: str, sandbox: str) -> Bench:
            return stack.enter_context(bench_of(victim, home=home, sandbox=_spec_of(sandbox)))

        yield bench


def _spec_of(sandbox: str) -> BackendSpec:
    if sandbox != "docker":
        return BUBBLEWRAP
    reason = engine_or_reason()
    if reason:
        pytest.skip(reason)
    return docker(BASE)
