"""A repository in a real sandbox, with functions that can be made faster honestly and otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from checks.call_replays import CallReplays
from checks.calls.recordings import Recordings
from checks.varied_calls import VariedCalls
from core.candidate import CheckResult
from core.execution import Environment
from core.problem import Objective, WorkloadSpec
from core.protocols import Sandbox, SandboxProvider, Trial
from profiler.workloads.factory import workload_of
from sandbox.bubblewrap import Bubblewrap
from worker.tools import tools

CODE = """
class Index:
    def __init__(self, words):
        self.words = list(words)

    def find(self, word):
        for position, each in enumerate(self.words):
            if each == word:
                return position
        return -1


def unique(items):
    found = []
    for item in items:
        if item not in found:
            found.append(item)
    return found


def total(prices, factor=1):
    if factor < 0:
        raise ValueError("a negative factor")
    result = 0
    for price in prices:
        result += price * factor
    return result


def slow_square(number):
    for _ in range(3000):
        pass
    return number * number


class Basket:
    def __init__(self, names):
        self._names = list(names)

    def names(self):
        return list(self._names)


def ranked(basket):
    counts = {}
    for name in basket.names():
        counts[name] = counts.get(name, 0) + 1
    return sorted(counts, key=lambda name: (-counts[name], name))


def depth(number):
    return 1 + depth(number - 1) if number else 0


def squares(numbers):
    return [slow_square(number) for number in numbers]
"""
WORK = """
import code_

words = [f"word{number * 7919 % 1200}" for number in range(2400)]
print(len(code_.unique(words)), code_.total([1.5, 2, 3.25], factor=2))
index = code_.Index(words[:500])
print(sum(index.find(word) for word in words[:40]))
print(code_.depth(600), code_.depth(700))
print(code_.ranked(code_.Basket(["pear", "apple", "pear", "fig", "apple", "pear"])))
print(sum(code_.squares([200 + number % 20 for number in range(200)])))
"""
TESTS = """
import unittest
import code_


class Everything(unittest.TestCase):
    def test_it(self):
        self.assertEqual(code_.unique(["a", "b", "a"]), ["a", "b"])
        self.assertEqual(code_.unique([3, 1, 3]), [3, 1])
        self.assertEqual(code_.total([1, 2]), 3)
        with self.assertRaises(ValueError):
            code_.total([1], factor=-1)
        self.assertEqual(code_.Index(["a", "b"]).find("b"), 1)
        self.assertEqual(code_.squares([3]), [9])
"""
SOURCES = {"code_.py": CODE}

Edit = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Lab:
    """The repository with what is tried on it; both share what was recorded."""

    provider: SandboxProvider
    environment: Environment
    original: Sandbox
    varied_calls: VariedCalls
    call_replays: CallReplays

    @contextmanager
    def trial(self, *edits: Edit) -> Iterator[Trial]:
        text = CODE
        for old, new in edits:
            assert text.count(old) == 1
            text = text.replace(old, new)
        changes: dict[str, str | None] = {"code_.py": text}
        with self.provider.open(self.environment, changes) as candidate:
            yield Trial(original=self.original, candidate=candidate, sources=SOURCES, changes=changes)

    def varied(self, *edits: Edit) -> CheckResult:
        """What the check of varied calls says of a candidate."""
        with self.trial(*edits) as trial:
            return self.varied_calls.check(trial)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("varying")
    (folder / "tree").mkdir()
    for name, text in {"code_.py": CODE, "work.py": WORK, "test_code.py": TESTS}.items():
        (folder / "tree" / name).write_text(text)
    provider = Bubblewrap(cache=folder / "cache", scratch=folder / "scratch", tools=tools())
    environment = provider.prepare(folder / "tree", (), timeout_seconds=120)
    workload = workload_of(WorkloadSpec.parse("python work.py"), Objective.WALL, 60)
    recordings = Recordings(tests="python -m unittest -q", workloads=[(workload, 1)], timeout_seconds=60)
    with provider.open(environment, {}) as original:
        yield Lab(
            provider=provider,
            environment=environment,
            original=original,
            varied_calls=VariedCalls(recordings=recordings, seed=1, count=60),
            call_replays=CallReplays(recordings=recordings, seed=1, timeout_seconds=60),
        )
