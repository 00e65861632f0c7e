"""A workload that skips its work is told from one that does it faster."""

from dataclasses import replace
from textwrap import indent

import pytest

from checks.calls.edited import Edits
from checks.calls.recording import read_recorded, recorded
from core.candidate import Verdict
from core.execution import Command
from tests.checks.calls.conftest import Edit, Lab

FAILING = (
    "import os, sys\nfrom pkg import plain\n\nplain.unique([1])\nsys.exit('count' in os.environ['PERFSMITH_RECORD'])\n"
)
CALLED = ("    return found\n", "    return  found\n    pass\n")
"""Makes `unique` an edited function, without any other change."""


@pytest.mark.parametrize(
    "edits",
    [
        (CALLED,),
        (("def squares(numbers):", "import functools\n\n\n@functools.lru_cache(None)\ndef squares(numbers):"),),
        (("def _square(number):\n    return number * number\n", ""), ("_square(number) for", "number * number for")),
        (("    return random.random()", "    number = random.random()\n    return number"),),
        (("    return list(set(items))", "    return sorted(set(items))"),),
    ],
    ids=["the same work", "a cache before the function", "a helper that is gone", "chance", "the order of a set"],
)
def test_work_that_is_done_passes(lab: Lab, edits: tuple[Edit, ...]) -> None:
    seen = lab.work(*edits)
    assert seen.passed, seen.reason


def test_work_that_is_skipped_is_refused_although_the_output_is_right(lab: Lab) -> None:
    skipping = "import random\nimport os, sys\n\nif 'bench.py' in sys.argv:\n    print('2 4 3 0.30000000000000004', flush=True)\n    os._exit(0)\n"
    seen = lab.work(("import random\n", skipping), CALLED)
    assert (seen.passed, seen.verdict) == (False, Verdict.BEHAVIOUR_CHANGED)
    assert "the workload python bench.py called pkg/plain.py:squares 60 times, and now 0 times" in seen.reason


def test_a_function_that_answers_otherwise_only_in_the_workload_is_refused_although_the_output_is_right(
    lab: Lab,
) -> None:
    knowing = "    import sys\n\n    return [9, 9] if hasattr(sys.modules['__main__'], 'Local') else found\n"
    seen = lab.work(("    return found\n", knowing))
    assert (seen.passed, seen.verdict) == (False, Verdict.BEHAVIOUR_CHANGED)
    assert "calls pkg/plain.py:unique with the same arguments as before, and gets other results" in seen.reason


IN_PLACE = "    import sys\n\n    return None if hasattr(sys.modules['__main__'], 'Local') else items.sort()\n"
RAISING = "    import sys\n\n    if not hasattr(sys.modules['__main__'], 'Local'):\n        raise KeyError(key)\n    return None\n"


@pytest.mark.parametrize(
    ("function", "edit"),
    [
        ("sort_in_place", ("    items.sort()\n", IN_PLACE)),
        ("lookup", ("        raise KeyError(key)\n", indent(RAISING, "    "))),
    ],
)
def test_so_is_one_that_leaves_its_arguments_as_they_were_or_does_not_raise(
    lab: Lab, function: str, edit: Edit
) -> None:
    seen = lab.work(edit)
    assert (seen.passed, seen.verdict) == (False, Verdict.BEHAVIOUR_CHANGED)
    assert f"{function} with the same arguments as before, and gets other results" in seen.reason


def test_results_that_chance_decides_are_not_compared_and_that_is_said(lab: Lab) -> None:
    seen = lab.work(("    return random.random()", "    return random.random() / 2"))
    assert seen.passed
    assert "functions are not the same each time" in seen.reason


def test_a_workload_that_fails_while_it_is_counted_expects_nothing_of_a_candidate(lab: Lab) -> None:
    """As one does that looks at its own environment."""
    with lab.provider.open(lab.environment, {"bench.py": FAILING}) as original:
        recordings = replace(lab.recordings)
        recording = recordings.record(original, Edits(functions=frozenset({"pkg/plain.py:unique"})))
    assert not any(recording.calls.values())
    assert any("could not be counted" in problem for problem in recording.problems)


def test_a_workload_that_reads_what_is_edited_is_not_asked(lab: Lab) -> None:
    reading = {"bench.py": "from pkg import plain\n\nprint(plain.unique(open('pkg/plain.py').read()))\n"}
    edits = Edits(functions=frozenset({"pkg/plain.py:unique"}))
    with lab.provider.open(lab.environment, reading) as sandbox:
        command = Command(argv=(sandbox.layout.python, "bench.py"), timeout_seconds=30)
        assert read_recorded(sandbox.run(recorded(sandbox.layout, command, edits, "count")), "here", edits).reads
    assert lab.recording(CALLED).calls


def test_the_interpreter_that_opens_an_edited_script_does_not_read_it(lab: Lab) -> None:
    assert lab.recording(("    return local.number + 1", "    return 1 + local.number")).calls


def test_a_workload_that_calls_nothing_that_is_edited_passes_and_says_so(lab: Lab) -> None:
    seen = lab.work(("    items.sort()", "    items.sort()\n    pass"))
    assert seen.passed
    assert seen.reason
