from agent.baseline import establish
from agent.confirm import confirm
from agent.graph import search_until_stopped
from agent.minimise import minimise
from core import patch as patches
from core.candidate import Verdict
from core.run import Record
from core.spend import Budget
from tests.agent.conftest import SOURCES, Lab, LabMaker, edit

PADDED = edit(("cost = 1.0", "cost = 0.4"), ("memory = 1000", "memory = 999"))
USEFUL = edit(("cost = 1.0", "cost = 0.4"))


def searched(made: Lab) -> Record:
    record, _ = search_until_stopped(made.search, establish(made.search, made.record))
    return record


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
