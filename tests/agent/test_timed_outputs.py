from collections.abc import Mapping
from dataclasses import replace

import pytest

from agent.measure import Contest, SampleFailedError, measure
from agent.search import Repeated
from core import stats
from core.execution import Environment
from core.output import OutputRule
from tests.agent.conftest import SOURCES, a_problem
from tests.fakes.sandbox import FakeProvider, FakeWorkload


def contest(rule: str, candidate: Mapping[str, str]) -> Contest:
    provider = FakeProvider(files={"code.py": SOURCES["code.py"].replace("'ok'", "'[1, 2]'")})
    with provider.open(Environment(""), {}) as original, provider.open(Environment(""), candidate) as changed:
        return Contest(
            problem=replace(a_problem(["work"]), output=OutputRule.parse(rule)),
            original=original,
            candidate=changed,
            workloads=(Repeated(workload=FakeWorkload(), loops=1),),
            plan=stats.NOISE,
            threshold=1.01,
        )


def printing(text: str) -> dict[str, str]:
    return {"code.py": SOURCES["code.py"].replace("'ok'", repr(text))}


def test_timed_samples_are_compared_by_the_same_rule_as_the_check() -> None:
    assert measure(contest("json", printing("[1,2]")), seed="1", on_pair=lambda *_: None)
    with pytest.raises(SampleFailedError, match=r"its output changed in a timed sample .*: line 1 was '\[1, 2\]'"):
        measure(contest("exact", printing("[1,2]")), seed="1", on_pair=lambda *_: None)
    with pytest.raises(SampleFailedError, match=r"\$\[1\] was 2 and is 3"):
        measure(contest("json", printing("[1,3]")), seed="1", on_pair=lambda *_: None)
