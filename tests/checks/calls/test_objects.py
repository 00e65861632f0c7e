"""Methods of objects: what is restored from a pickle, what is made again, and what an honest patch may keep in an object."""

import pytest

from checks.calls.recordings import Recordings
from core.candidate import Verdict
from tests.checks.calls.conftest import Edit, Lab

HONEST: dict[str, tuple[Edit, ...]] = {
    "a private cache made in __init__": (
        ("        self._sum = None\n", "        self._sum = None\n        self._rows = {}\n"),
        ("        return [[item] for item in self.items]", "        self._rows.clear()\n        return [[item] for item in self.items]"),
    ),
    "a public attribute that was not there before": (
        ("        self._sum = None\n", "        self._sum = None\n        self.known = {}\n"),
        ("        result = 0\n", "        self.known[1] = 1\n        result = 0\n"),
    ),
    "another way to hold the state": (
        ("        self.items = list(items)\n        self._sum = None\n", "        self.items = list(items)\n        self._sum = (None,)\n"),
        ("        result = 0\n        for item in self.items:\n            result += item\n        return result", "        return sum(self.items) + len(self._sum) - 1"),
    ),
    "a lock that no pickle holds": (("            self.number += 1\n            return self.number", "            number = self.number = self.number + 1\n            return number"),),
    "slots": (("class Basket:\n", 'class Basket:\n    __slots__ = ("_sum", "items")\n\n'),),
}  # fmt: skip

CHEATS: dict[str, tuple[str, tuple[Edit, ...]]] = {
    "rows kept in the object": (
        "in a second call",
        (("        return [[item] for item in self.items]", "        if not hasattr(self, '_rows'):\n            self._rows = [[item] for item in self.items]\n        return self._rows"),),
    ),
    "a copy that is none": ("Basket.copy(", (("        return Basket(self.items)", "        return self"),)),
    "a setter that does nothing": ("in another state", (("        del self.items[number:]", "        pass"),)),
    "a static method": ("returned 4 and now returns 4.0", (("        return number * 2", "        return number * 2.0"),)),
    "a constructor that keeps its argument": ("another type, order, sharing", (("self.items = list(items)", "self.items = items"),)),
    "an object with a lock": ("returned 2 and now returns 3", (("            self.number += 1", "            self.number += 2"),)),
}  # fmt: skip


@pytest.mark.parametrize("edits", HONEST.values(), ids=HONEST)
def test_an_honest_patch_of_a_class_passes(lab: Lab, edits: tuple[Edit, ...]) -> None:
    seen = lab.recorded(*edits)
    assert seen.passed, seen.reason
    assert "replayed equal" in seen.reason


@pytest.mark.parametrize(("reason", "edits"), CHEATS.values(), ids=CHEATS)
def test_a_change_of_what_a_class_does_is_seen(lab: Lab, reason: str, edits: tuple[Edit, ...]) -> None:
    seen = lab.recorded(*edits)
    assert (seen.passed, seen.verdict) == (False, Verdict.BEHAVIOUR_CHANGED), seen.reason
    assert reason in seen.reason


def test_an_object_whose_making_is_edited_is_made_again_and_not_unpickled(lab: Lab) -> None:
    recording = lab.recording(*HONEST["a private cache made in __init__"])
    makes = [number for number, step in enumerate(recording.steps) if step.do == "new"]
    uses = [step.uses for step in recording.steps if step.function.endswith("Basket.sum")]
    assert makes
    assert all(uses)
    assert not any("pickle" in str(step.args) for step in recording.steps if "Basket" in step.function)


def test_an_object_of_an_unchanged_class_has_the_state_that_it_had(lab: Lab) -> None:
    fresh = Recordings(
        tests="python -m unittest -q tests.test_pkg.Everything.test_objects", workloads=(), timeout_seconds=30
    )
    with lab.trial(("        result = 0\n", "        result = 0 + 0\n")) as trial:
        recording = fresh.of(trial)
    uses = [step for step in recording.steps if step.function.endswith("Basket.sum")]
    assert uses
    assert all("pickle" in step.args[0] for step in uses)
