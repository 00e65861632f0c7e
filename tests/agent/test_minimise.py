from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.baseline import establish
from agent.graph import search_until_stopped
from agent.minimise import minimise, smallest
from agent.minimising import comparison
from agent.search import Bench, Repeated
from checks.output import OutputUnchanged
from checks.tests import TestsPass
from core import patch as patches
from core.candidate import MINIMISER, Candidate, Decision, Proposal, Verdict
from core.measurement import Speedup
from core.output import EXACT
from core.problem import Objective, WorkloadSpec
from core.run import Record
from profiler.workloads.factory import workload_of
from sandbox.bubblewrap import Bubblewrap
from tests.agent.conftest import Lab, LabMaker, a_bench, a_problem, edit
from tests.fakes.sandbox import HARNESSES, SOURCE, FakeProvider

PADDED = edit(("cost = 1.0", "cost = 0.4"), ("memory = 1000", "memory = 999"))
USEFUL = edit(("cost = 1.0", "cost = 0.4"))


def searched(made: Lab) -> Record:
    record, _ = search_until_stopped(made.search, establish(made.search, made.record))
    return record


def test_a_change_that_does_not_contribute_is_dropped(lab: LabMaker) -> None:
    made = lab(PADDED)
    record = minimise(made.search, searched(made))
    assert record.candidates[-1].proposal.proposer == MINIMISER
    assert record.candidates[-1].proposal.patch == USEFUL
    assert record.candidates[-1].verdict is Verdict.ACCEPTED


def test_a_patch_in_which_everything_counts_stays_as_it_is(lab: LabMaker) -> None:
    made = lab(USEFUL)
    assert len(minimise(made.search, searched(made)).candidates) == 2


def accepted(patch: str, estimate: float) -> Candidate:
    return Candidate(
        number=1,
        parent=0,
        proposal=Proposal(patch=patch, rationale="", direction="", proposer=""),
        decision=Decision(
            verdict=Verdict.ACCEPTED,
            reason="",
            speedup=Speedup(estimate=estimate, low=estimate * 0.95, high=estimate * 1.05),
        ),
    )


def fake(before: str, *, sd: float = 0.01) -> tuple[Bench, FakeProvider]:
    provider = FakeProvider(files={"code.py": before}, sd=sd)
    return replace(a_bench(a_problem(["work"]), provider, []), sources={"code.py": before}), provider


def left(before: str, after: str, estimate: float, *, sd: float = 0.01) -> tuple[str, int]:
    """What the file is with the minimised patch, and how many smaller patches were run."""
    bench, provider = fake(before, sd=sd)
    opened = len(provider.opened)
    sources = {"code.py": before}
    kept = smallest(bench, accepted(patches.diff(sources, {"code.py": after}), estimate))
    return patches.apply(kept, sources)["code.py"] or "", len(provider.opened) - opened - 1


def test_formatting_goes_without_a_run() -> None:
    before = SOURCE + "a = (1, 2)\nb = 'x'\n"
    after = before.replace("cost = 1.0", "cost = 0.5").replace("(1, 2)", "(\n    1,\n    2,\n)").replace("'x'", '"x"')
    assert left(before, f"{after}\n\n# faster now\n", 2.0) == (
        SOURCE.replace("1.0", "0.5") + "a = (1, 2)\nb = 'x'\n",
        0,
    )


def test_a_comment_on_a_needed_statement_stays() -> None:
    after = SOURCE.replace("cost = 1.0\n", "# half is enough\ncost = 0.5\n")
    assert left(SOURCE, after, 2.0) == (after, 0)


def test_a_useless_statement_beside_a_needed_one_goes() -> None:
    after = SOURCE.replace("cost = 1.0\n", "factor = 0.5\nspare = 7\ncost = factor\n")
    assert left(SOURCE, after, 2.0)[0] == SOURCE.replace("cost = 1.0\n", "factor = 0.5\ncost = factor\n")


def test_a_useless_statement_goes_from_a_single_run_of_lines() -> None:
    after = SOURCE.replace("cost = 1.0\n", "spare = 7\ncost = 0.5\n")
    assert left(SOURCE, after, 2.0)[0] == SOURCE.replace("cost = 1.0\n", "cost = 0.5\n")


def test_the_pieces_of_a_renaming_go_together() -> None:
    before = "total = 1\n" + SOURCE + "other = total\n"
    after = before.replace("total", "amount").replace("cost = 1.0", "cost = 0.5")
    assert left(before, after, 2.0)[0] == before.replace("cost = 1.0", "cost = 0.5")


def test_what_leaves_a_name_unbound_is_never_run() -> None:
    after = "quick = 0.5\n" + SOURCE.replace("cost = 1.0", "cost = quick")
    assert left(SOURCE, after, 2.0) == (after, 1)


def test_what_behaviour_needs_stays_although_nothing_gets_slower() -> None:
    after = SOURCE.replace("cost = 1.0", "cost = 0.5").replace(
        "tests_exit_code = 0", "tests_exit_code = int(cost == 1)"
    )
    before = SOURCE.replace("tests_exit_code = 0", "tests_exit_code = int(cost < 1)")
    kept, _ = left(before, after, 2.0)
    assert kept == after


def test_a_part_that_brings_a_share_of_the_gain_stays() -> None:
    before = SOURCE + "a = 0\ncost = cost * 1\nb = 0\ncost = cost * 1.0\n"
    after = (
        before.replace("cost * 1\n", "cost * 0.9\n").replace("cost * 1.0\n", "cost * 0.5\n").replace("b = 0", "b = 1")
    )
    assert left(before, after, 2.2, sd=0.03)[0] == after.replace("b = 1", "b = 0")


def test_a_useless_part_goes_on_a_noisy_machine_too() -> None:
    after = SOURCE.replace("cost = 1.0", "cost = 0.2").replace("memory = 1000", "memory = 999")
    assert left(SOURCE, after, 5.0, sd=0.4)[0] == SOURCE.replace("cost = 1.0", "cost = 0.2")


def test_nothing_more_is_left_out_once_the_comparisons_are_used_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "MOST_COMPARISONS", 1)
    before = SOURCE + "".join(f"x{number} = 0\nkept = 0\n" for number in range(8))
    after = before.replace("cost = 1.0", "cost = 0.5").replace(" = 0\nkept", " = 1\nkept")
    kept, runs = left(before, after, 2.0)
    assert runs <= 2
    assert "cost = 0.5" in kept


def test_the_last_word_has_a_second_comparison_with_fresh_samples() -> None:
    after = SOURCE.replace("cost = 1.0", "cost = 0.4").replace("memory = 1000", "memory = 999")
    _, runs = left(SOURCE, after, 2.5)
    assert runs == 3  # without the one, without the other, and what is left once more


ROWS = [
    ("cost = cost * 1\n", "cost = cost * 0.7\n", True),
    ("a = 0\n", "a = 1\n", False),
    ("b = [1, 2]\n", "b = [\n    1,\n    2,\n]\n", False),
    ("c = 0\n", "# nothing\nc = 0\n", False),
    ("d = 0\n", "d = 0\nspare = 1\n", False),
    ("e = 0\n", "if cost:\n    e = 0\nelse:\n    e = 0\n", False),
]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ROWS), st.booleans()), min_size=1, max_size=9))
def test_the_useful_rows_are_left_and_nothing_else(rows: list[tuple[tuple[str, str, bool], bool]]) -> None:
    def text(useful: Mapping[bool, bool]) -> str:
        return SOURCE + "".join(
            f"{new if changed and useful[needed] else old}row{number} = 0\n"
            for number, ((old, new, needed), changed) in enumerate(rows)
        )

    gain = 0.7 ** -sum(needed and changed for (_, _, needed), changed in rows)
    if gain > 1:
        after, wanted = text({True: True, False: True}), text({True: True, False: False})
        assert left(text({True: False, False: False}), after, gain)[0] == wanted


WORK = """import time


def slow():
    for _ in range(1):
        time.sleep(0.15)
    return 1


def other(total):
    return total + 1
"""


def test_on_a_real_sandbox_the_useful_part_is_left_and_nothing_else(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    files = {
        "work.py": WORK,
        "workload.py": "import work\nprint(work.slow(), work.other(2))\n",
        "check.py": "import work\nassert work.slow() == 1\nassert work.other(1) == 2\n",
    }
    for name, text in files.items():
        (tree / name).write_text(text)
    wanted = WORK.replace("        time.sleep(0.15)\n", "        pass\n")
    after = wanted.replace("total", "amount").replace("return 1\n", "return (\n        1\n    )\n")
    provider = Bubblewrap(cache=tmp_path / "cache", scratch=tmp_path / "scratch", tools={"plugins": HARNESSES})
    environment = provider.prepare(tree, (), timeout_seconds=120)
    workload = workload_of(WorkloadSpec.parse("python workload.py"), Objective.WALL, 60)
    tests = TestsPass(line="python check.py", timeout_seconds=60)
    output = OutputUnchanged(workloads=[(workload, 1)], rule_of=lambda _: EXACT)
    with provider.open(environment, {}) as original:
        tests.prepare(original)
        output.prepare(original)
        bench = replace(
            fake(SOURCE)[0],
            sources={"work.py": WORK},
            provider=provider,
            environment=environment,
            original=original,
            workloads=(Repeated(workload=workload, loops=1),),
            checks=(tests, output),
        )
        kept = smallest(bench, accepted(patches.diff(bench.sources, {"work.py": after}), 5.0))
    assert patches.apply(kept, bench.sources) == {"work.py": wanted}
