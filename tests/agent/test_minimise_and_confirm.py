from hypothesis import given
from hypothesis import strategies as st

from agent.baseline import establish
from agent.confirm import confirm
from agent.graph import search_until_stopped
from agent.minimise import minimise
from agent.minimising.parts import parts_of, patch_of
from agent.minimising.reduction import reduced
from core import patch as patches
from core.candidate import MINIMISER, Verdict
from core.run import Record
from core.spend import Budget
from tests.agent.conftest import SOURCES, Lab, LabMaker, edit

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


def test_the_minimised_patch_is_the_one_that_is_confirmed(lab: LabMaker) -> None:
    made = lab(PADDED)
    record = confirm(made.search, minimise(made.search, searched(made)))
    assert record.winner is not None
    assert patches.apply(record.winner.proposal.patch, SOURCES) == {"code.py": SOURCES["code.py"].replace("1.0", "0.4")}


def test_only_fresh_samples_are_reported(lab: LabMaker) -> None:
    made = lab(USEFUL)
    record = confirm(made.search, searched(made))
    winner = record.winner
    assert winner is not None
    assert winner.confirmation is not None
    assert winner.evaluation is not None
    assert winner.speedup == winner.confirmed.speedup  # type: ignore[union-attr]
    assert not set(winner.confirmation.timings) & set(winner.evaluation.timings)


def test_a_winner_that_does_not_hold_is_not_confirmed(lab: LabMaker) -> None:
    made = lab(USEFUL)
    record = searched(made)
    made.provider.files = {"code.py": SOURCES["code.py"]}
    made.provider.opened[0].files = {"code.py": SOURCES["code.py"].replace("1.0", "0.4")}
    record = confirm(made.search, record)
    assert record.winner is None
    assert record.candidates[1].verdict is Verdict.NOT_FASTER


def test_confirming_again_after_a_crash_measures_nothing_twice(lab: LabMaker) -> None:
    made = lab(USEFUL)
    record = confirm(made.search, searched(made))
    assert confirm(made.search, record) == record


def test_nothing_is_confirmed_where_nothing_was_accepted(lab: LabMaker) -> None:
    made = lab(edit(("cost = 1.0", "cost = 1.4")))
    record = searched(made)
    assert confirm(made.search, minimise(made.search, record)) == record


def test_a_better_candidate_found_after_a_confirmation_is_minimised_and_confirmed_too(lab: LabMaker) -> None:
    first = lab(edit(("cost = 1.0", "cost = 0.9")), budget=Budget(candidates=1))
    confirm(first.search, searched(first))
    second = lab(edit(("cost = 1.0", "cost = 0.9")), PADDED, store=first.store)
    record, _ = search_until_stopped(second.search, second.record)
    record = confirm(second.search, minimise(second.search, record))
    assert record.winner is not None
    assert record.winner.proposal.patch == USEFUL


@given(st.integers(1, 40), st.data())
def test_what_remains_is_what_is_needed_and_nothing_else(count: int, data: st.DataObject) -> None:
    parts = list(parts_of(many_changes(count), MANY))
    needed = data.draw(st.sets(st.sampled_from(range(count)), min_size=1, max_size=2))
    kept = reduced(parts, lambda fewer: all(parts[number] in fewer for number in needed))
    assert [parts.index(part) for part in kept] == sorted(needed)


@given(st.integers(1, 40), st.sets(st.integers(0, 39)))
def test_the_patch_of_some_parts_makes_just_their_changes(count: int, chosen: set[int]) -> None:
    parts = parts_of(many_changes(count), MANY)
    some = [part for number, part in enumerate(parts) if number in chosen]
    lines = patches.apply(patch_of(some, MANY), MANY)["many.py"] if some else MANY["many.py"]
    assert lines is not None
    assert lines.count("changed") == len(some)


MANY = {"many.py": "".join(f"line {number}\nkept\n" for number in range(40))}


def many_changes(count: int) -> str:
    text = MANY["many.py"]
    for number in range(count):
        text = text.replace(f"line {number}\n", f"changed {number}\n")
    return patches.diff(MANY, {"many.py": text})
