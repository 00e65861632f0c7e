"""Values survive the way through a tree of JSON; what can't is said so."""

import base64
import collections
import json
import threading
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings

from checks.calls.steps import moved
from tests.checks.calls.harness import load
from tests.checks.calls.test_digests import VALUES, Point, digest

TREES = load("perfsmith_trees")
RESTORING = load("perfsmith_restoring")
SENTINEL = object()


def taken(
    *args: Any, made: Any = lambda _: None, classes: Any = (), attributes: Any = (), largest: int = 10_000
) -> Any:
    trees = TREES.Trees(root="/", made=made, classes=classes, attributes=attributes, largest=largest)
    positional, _ = trees.of_call(args, {}, globals())
    return json.loads(json.dumps(positional))


def restored(trees: Any, objects: Any = ()) -> list[Any]:
    restoring = RESTORING.Restoring("/")
    restoring.objects.update(dict(objects))
    args, _ = restoring.arguments({"args": trees, "kwargs": []})
    return list(args)


def there_and_back(*args: Any) -> list[Any]:
    return restored([moved(tree, 0) for tree in taken(*args)])


@settings(max_examples=50)
@given(VALUES, VALUES)
def test_a_value_comes_back_with_the_same_digest(one: Any, other: Any) -> None:
    assert digest(*there_and_back(one, other, one)) == digest(one, other, one)


def test_sharing_and_cycles_come_back() -> None:
    shared: list[Any] = []
    cycle: dict[str, Any] = {}
    cycle["me"] = cycle
    one, other, back = there_and_back(shared, (shared, shared), cycle)
    assert one is other[0] is other[1]
    assert back["me"] is back


def test_other_values_are_pickled_with_a_text_for_people() -> None:
    (tree,) = taken(Fraction(1, 2))
    assert (tree["type"], tree["text"]) == ("fractions.Fraction", "Fraction(1, 2)")
    assert there_and_back(Fraction(1, 2), collections.Counter("aab")) == [Fraction(1, 2), collections.Counter("aab")]


def test_functions_classes_modules_and_sentinels_are_known_by_name() -> None:
    assert taken(len, Fraction, json) == [
        {"global": "builtins:len"},
        {"global": "fractions:Fraction"},
        {"global": "json:"},
    ]
    assert there_and_back(len, Fraction, json, SENTINEL) == [len, Fraction, json, SENTINEL]


def loop_through_a_tuple() -> Any:
    inner: list[Any] = []
    outer = (inner,)
    inner.append(outer)
    return outer


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (lambda: 1, "a function or class without a name"),
        ((number for number in range(0)), "unpicklable: builtins.generator"),
        (threading.Lock(), "unpicklable: _thread.lock"),
        (list(range(10_000)), "too large"),
        ("x" * 20_000, "too large"),
        (collections.deque(range(100_000)), "too large"),
        (object(), "a plain object()"),
        (loop_through_a_tuple(), "a cycle through a value that can't change"),
    ],
    ids=["lambda", "generator", "lock", "list", "text", "pickle", "object", "cycle"],
)
def test_what_can_not_be_taken_down_has_a_reason(value: Any, reason: str) -> None:
    with pytest.raises(TREES.UnrecordableError, match=f"^{reason.replace('(', '.').replace(')', '.')}$"):
        taken(value)


def test_an_object_that_is_made_otherwise_is_known_by_the_step_that_made_it() -> None:
    point, inside = Point(1), [Point(2)]
    name = TREES.name_of(Point, "/")
    known = {id(point): 4, id(inside[0]): 7}
    trees = taken(point, inside, made=lambda each: known.get(id(each)), classes={name})
    assert trees == [{"step": 4}, {"list": [{"step": 7}]}]
    with pytest.raises(TREES.UnrecordableError, match="which the patch builds differently"):
        taken(Point(3), classes={name})


def test_a_pickle_names_the_steps_whose_objects_it_holds() -> None:
    point = Point(1)
    holder = collections.deque([point, point])
    (tree,) = taken(holder, made=lambda each: 3 if each is point else None, attributes={"x"})
    assert tree["holds"] == [{"step": 3}]
    (back,) = restored([moved(tree, 10)], {13: point})
    assert back[0] is back[1] is point


def test_an_object_that_can_not_be_pickled_is_known_by_its_step_where_there_is_one() -> None:
    lock = Point(threading.Lock())
    assert taken(lock, made=lambda _: 2) == [{"step": 2}]


def test_a_pickle_is_data_and_never_opened_by_the_judge() -> None:
    tree = {"pickle": base64.b64encode(b"no pickle").decode(), "type": "a.B", "text": "B()"}
    assert moved(tree, 1) == tree
