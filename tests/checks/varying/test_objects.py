"""Which objects can be made otherwise, and which calls get them."""

import pytest

from checks.calls.steps import Step, Tree
from checks.varying.objects import constructors_of, with_other_objects
from checks.varying.variants import LARGEST
from tests.checks.varying.recordings import a_step

GRAPH = "class Graph:\n    def __init__(self, edges):\n        self._edges = edges\n"
PICKLED = {"pickle": "", "type": "pkg.m.Graph", "text": "<Graph>"}
OTHER = {"pickle": "", "type": "decimal.Decimal", "text": "1"}
KEY = "pkg/m.py:Graph.__init__"


def making(*edges: Tree) -> Step:
    return a_step({"list": list(edges)}, function=KEY, do="new")


@pytest.mark.parametrize("path", ["pkg/m.py", "src/pkg/m.py", "pkg/m/__init__.py", "pkg/vendor/pkg/m.py"])
def test_a_class_is_found_by_its_type_wherever_its_package_is(path: str) -> None:
    found = constructors_of([a_step({"list": [PICKLED, OTHER]})], {path: GRAPH, "README.md": "class ", "m.py": "x = 1"})
    assert found == {f"{path}:Graph.__init__"}


@pytest.mark.parametrize("source", ["class Graph:\n    pass\n", "class Graph(", "Graph = 1\n"])
def test_a_class_without_a_constructor_of_its_own_is_not_made(source: str) -> None:
    assert not constructors_of([a_step(PICKLED)], {"pkg/m.py": source})


def test_calls_get_objects_that_further_steps_make_and_are_not_as_observed() -> None:
    steps = (a_step(PICKLED, 3), a_step(4))
    every, found = with_other_objects(steps, [making("a", "b")], seed=1, count=20, left_out=())
    made = every[2:]
    assert every[:2] == steps
    assert {step.function for step in made} == {KEY}
    assert len({str(step.args) for step in made}) == len(made) > 5
    assert [variant.step.args for variant in found] == [({"step": 2 + place}, 3) for place in range(len(made))]
    assert not any(variant.as_observed for variant in found)


def test_an_object_that_is_there_twice_is_exchanged_twice() -> None:
    alias = {"ref": 1}
    for call in (a_step({"list": [PICKLED, OTHER]}, alias), a_step({"list": [{"step": 1}]}, {"step": 1})):
        every, found = with_other_objects((call, making("a")), [making("b")], seed=1, count=1, left_out={1})
        made = {"step": len(every) - 1}
        assert found[0].step.args[0]["list"][0] == found[0].step.args[1] == made


def test_objects_of_another_class_of_that_name_are_not_taken() -> None:
    vendored = a_step({"list": []}, function="vendor/m.py:Graph.__init__", do="new")
    steps = (a_step({**PICKLED, "type": "vendor.m.Graph"}),)
    assert with_other_objects(steps, [vendored, making("a")], seed=1, count=9, left_out=()) == (steps, [])


def test_a_constructor_without_arguments_makes_one_other_object() -> None:
    _, found = with_other_objects((a_step(PICKLED),), [a_step(function=KEY, do="new")], seed=1, count=9, left_out=())
    assert len(found) == 1


def test_an_object_that_a_recorded_step_made_is_made_otherwise_too() -> None:
    steps = (making("a", "b"), a_step({"step": 0}))
    every, found = with_other_objects(steps, (), seed=1, count=6, left_out={0})
    assert found
    assert {every[max(variant.step.uses)].function for variant in found} == {KEY}


def test_large_calls_and_objects_are_cut_first() -> None:
    many = {"list": list(range(LARGEST + 1))}
    every, found = with_other_objects(
        (a_step(PICKLED, many),), [making(*range(LARGEST + 1))], seed=1, count=9, left_out=()
    )
    assert all(len(variant.step.args[1]["list"]) < 100 for variant in found)
    assert all(len(str(step.args)) < LARGEST * 3 for step in every[1:])
    assert any(len(step.args[0]["list"]) < 100 for step in every[1:])


@pytest.mark.parametrize(("makings", "left_out"), [([], set()), ([making("a")], {0})], ids=["no making", "no call"])
def test_without_a_making_or_a_call_nothing_is_added(makings: list[Step], left_out: set[int]) -> None:
    steps = (a_step(PICKLED), a_step(4))
    assert with_other_objects(steps, makings, seed=1, count=9, left_out=left_out) == (steps, [])
