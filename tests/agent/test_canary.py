"""The canary, and the forecast: what a run says about its own noise."""

from dataclasses import replace

from agent.baseline import establish
from agent.canary import COMMENT, send_canary
from agent.confirm import confirm
from agent.forecast import ADVICE
from agent.graph import search_until_stopped
from core.candidate import CANARY, Candidate, Evaluation, Proposal, Verdict
from core.progress import Noted
from tests.agent.conftest import Lab, LabMaker, edit
from tests.fakes.sandbox import FakeProvider


def notes(lab: Lab) -> list[str]:
    return [event.message for event in lab.events if isinstance(event, Noted)]


def test_a_canary_adds_a_comment_is_judged_like_any_other_and_costs_no_candidate(lab: LabMaker) -> None:
    made = lab()
    record = send_canary(made.search, establish(made.search, made.record))
    canary = made.record.canary
    assert canary == record.canary
    assert canary is not None
    assert [line for line in canary.proposal.patch.splitlines() if line[0] in "+-"][2:] == [f"+{COMMENT.rstrip()}"]
    assert (canary.verdict, canary.spend.candidates) == (Verdict.NOT_FASTER, 0)
    assert canary.evaluation is not None
    assert len(canary.evaluation.checks) == len(made.search.bench.checks)


def test_a_run_has_one_canary_however_often_it_is_resumed(lab: LabMaker) -> None:
    made = lab()
    record = send_canary(made.search, establish(made.search, made.record))
    assert send_canary(made.search, record) == record


def test_a_canary_that_passes_for_faster_is_told_and_never_confirmed(lab: LabMaker) -> None:
    made = lab()
    record = establish(made.search, made.record)

    class Haunted(FakeProvider):
        """Whoever has a comment in it seems to be fast."""

        def open(self, environment, changes):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            text = changes.get("code.py") or ""
            faster = {"code.py": text.replace("cost = 1.0", "cost = 0.5")} if COMMENT in text else {}
            return super().open(environment, {**changes, **faster})

    haunted = replace(made.search, bench=replace(made.search.bench, provider=Haunted()))
    record = confirm(haunted, send_canary(haunted, record))
    assert record.canary is not None
    assert record.canary.verdict is Verdict.BASELINE
    assert "mean nothing" in notes(made)[-1]
    assert record.winner is None


def test_without_a_python_file_there_is_no_canary(lab: LabMaker) -> None:
    made = lab()
    search = replace(made.search, bench=replace(made.search.bench, sources={"data.txt": "1\n"}))
    record = establish(made.search, made.record)
    assert send_canary(search, record).canary is None


def test_the_baseline_forecasts_what_can_be_found_before_anything_is_proposed(lab: LabMaker) -> None:
    made = lab(sd=0.02)
    establish(made.search, made.record)
    [said] = notes(made)
    assert "can be found" in said
    assert "2.00× takes 6 pairs" in said


def test_a_machine_that_is_too_noisy_says_what_to_do(lab: LabMaker) -> None:
    made = lab(sd=0.8)
    establish(made.search, made.record)
    assert notes(made)[-1] == ADVICE
    assert made.record.candidates[0].evaluation != Evaluation()


def test_a_canary_that_an_interrupted_process_left_unjudged_is_judged_as_one_and_never_wins(lab: LabMaker) -> None:
    made = lab()
    record = establish(made.search, made.record)
    cut_off = Candidate(
        number=1,
        parent=None,
        proposal=Proposal(patch=edit(("1.0", "0.5")), rationale="", direction="", proposer=CANARY),
    )
    made.search.history.propose(cut_off)
    record, _ = search_until_stopped(made.search, made.record)
    assert record.candidates[1].decision is None
    record = confirm(made.search, send_canary(made.search, record))
    assert record.winner is None
    assert made.record.canary is not None
    assert made.record.canary.decision is not None
