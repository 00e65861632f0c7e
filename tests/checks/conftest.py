"""A small repository with tests under pytest and unittest, in a real bubblewrap sandbox."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from checks.tests import TestsPass
from core.candidate import CheckResult
from core.execution import Environment
from core.protocols import Sandbox, SandboxProvider, Trial
from sandbox.bubblewrap import Bubblewrap
from worker.tools import tools

CODE = "def double(x):\n    return 2 * x\n\n\ndef pairs(x):\n    return [x, x]\n"
TESTS = """\
import unittest

import pytest

import code_


class TestDouble(unittest.TestCase):
    def test_small(self):
        self.assertEqual(code_.double(2), 4)

    def test_list(self):
        self.assertEqual(code_.double([1]), [1, 1])


@pytest.mark.parametrize("x", [1, 5])
def test_pairs(x):
    assert code_.pairs(x) == [x, x]


def test_refused():
    with pytest.raises(TypeError):
        code_.double(None)


@pytest.mark.xfail
def test_later():
    assert code_.double(1) == 7
"""
PYTEST = "PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 python -m pytest -q"


@dataclass(frozen=True, kw_only=True)
class Repository:
    """An environment with pytest, and how to open it."""

    provider: SandboxProvider
    environment: Environment

    @contextmanager
    def opened(self, changes: Mapping[str, str | None]) -> Iterator[Sandbox]:
        with self.provider.open(self.environment, changes) as sandbox:
            yield sandbox


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    folder = tmp_path_factory.mktemp("checks")
    (folder / "tree").mkdir()
    (folder / "tree" / "code_.py").write_text(CODE)
    (folder / "tree" / "test_code.py").write_text(TESTS)
    # The environment borrows the pytest with which these tests run: nothing has to be installed.
    borrowed = {**tools(), "borrowed": Path(pytest.__file__).parents[1]}
    provider = Bubblewrap(cache=folder / "cache", scratch=folder / "scratch", tools=borrowed)
    setup = (
        "for site in $VIRTUAL_ENV/lib/python3.*/site-packages; do echo /perfsmith/borrowed > $site/borrowed.pth; done"
    )
    return Repository(provider=provider, environment=provider.prepare(folder / "tree", (setup,), timeout_seconds=120))


Judge = Callable[..., CheckResult]


@pytest.fixture(scope="session")
def judge(repository: Repository) -> Judge:
    """What the check of the tests says of a candidate that changes files; the original is looked at once for each line."""
    prepared: dict[str, TestsPass] = {}

    def judged(changes: Mapping[str, str | None], *, line: str = PYTEST) -> CheckResult:
        if line not in prepared:
            check = TestsPass(line=line, timeout_seconds=60)
            with repository.opened({}) as original:
                check.prepare(original)
            prepared[line] = check
        with repository.opened(changes) as candidate:
            trial = Trial(original=candidate, candidate=candidate, sources={}, changes=changes)
            return prepared[line].check(trial)

    return judged
