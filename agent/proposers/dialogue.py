"""How a model is led from a brief to a proposal: directions first, then an edit, and once a repair."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from agent.proposers import edits, prompts
from agent.proposers.desk import Desk, Message, Question
from agent.proposers.directions import KINDS, read
from agent.proposers.edits import EditError
from agent.proposers.revision import patch_of
from core.candidate import Proposal
from core.errors import ProposalError
from core.proposing import Brief, ModelCall
from core.spend import NOTHING

_QUOTED_CHARACTERS = 12_000
"""How much of an answer is quoted to have it repaired."""
_NO_ROOM = "the budget left is too small for another question"


@dataclass(frozen=True, kw_only=True)
class Dialogue:
    """The course of the questions; a pure function of the brief and of the answers."""

    name: str
    """The proposer's, by which it recognises its own candidates."""
    directions: int
    rounds: int
    schema: bool
    prompt_characters: int

    def propose(self, brief: Brief, desk: Desk) -> Proposal | None:
        """The next edit; None when directions are used up or the first question does not fit the budget.
        ProposalError when the answers can't be used.
        """
        direction = self._direction(brief, desk)
        if direction is None:
            return None
        call = desk.ask(self._edit_question(brief, direction))
        if call is None and desk.spend == NOTHING:
            return None
        try:
            return self._proposal(brief, desk, direction, call)
        except EditError as error:
            raise ProposalError(str(error), spend=desk.spend, direction=direction) from None

    def _direction(self, brief: Brief, desk: Desk) -> str | None:
        """The first direction that no earlier candidate of ours with this parent has taken; None at the end."""
        ours = [c for c in brief.history if c.parent == brief.parent.number and c.proposal.proposer == self.name]
        waiting: list[str] = []
        used: list[str] = []
        rounds = 0
        for number in [*(candidate.number for candidate in ours), brief.number]:
            if not waiting:
                rounds += 1
                if rounds > self.rounds:
                    return None
                named = self._named(brief, desk, number=number, round_number=rounds, used=used)
                if named is None:
                    return None
                waiting = named
            used.append(waiting.pop(0) if waiting else "")
        if not used[-1]:
            raise ProposalError("the model named no new direction", spend=desk.spend)
        return used[-1]

    def _named(
        self, brief: Brief, desk: Desk, *, number: int, round_number: int, used: Sequence[str]
    ) -> list[str] | None:
        """The directions that candidate `number` was told of, or is now; None when the budget has no room to ask."""
        if not self.directions:
            return list(KINDS)
        if number != brief.number:
            asked = desk.recall("directions", number, round_number=round_number)
            return read(asked.answer, most=self.directions, used=used) if asked and asked.answer else []
        text = prompts.directions(brief, count=self.directions, used=used, characters=self.prompt_characters)
        call = desk.ask(Question(purpose="directions", round=round_number, messages=prompts.opening(text)))
        if call is not None and not call.answer:
            raise ProposalError(call.error, spend=desk.spend)
        return read(call.answer, most=self.directions, used=used) if call else None

    def _edit_question(self, brief: Brief, direction: str) -> Question:
        text = prompts.edit(brief, direction=direction, schema=self.schema, characters=self.prompt_characters)
        schema = edits.SCHEMA if self.schema else None
        return Question(purpose="edit", messages=prompts.opening(text), answer_schema=schema)

    def _proposal(self, brief: Brief, desk: Desk, direction: str, call: ModelCall | None) -> Proposal:
        """The proposal in the answer, or in its repair. EditError when there is none in either."""
        if call is None:
            raise EditError(_NO_ROOM)
        try:
            return self._proposal_in(call, brief, desk, direction)
        except EditError as error:
            repaired = self._repair(brief, desk, direction, call, str(error))
            if repaired is None:
                raise
            return self._proposal_in(repaired, brief, desk, direction)

    def _proposal_in(self, call: ModelCall, brief: Brief, desk: Desk, direction: str) -> Proposal:
        if call.error:
            raise EditError(call.error)
        answer = edits.read(call.answer)
        return Proposal(
            patch=patch_of(answer.edits, brief),
            rationale=answer.rationale,
            direction=direction,
            proposer=self.name,
            spend=desk.spend,
        )

    def _repair(self, brief: Brief, desk: Desk, direction: str, call: ModelCall, error: str) -> ModelCall | None:
        """The answer to a second question about the same edit; None when there is nothing to repair or no room to ask."""
        if not edits.looks_like_edits(call.answer):
            return None
        asked = self._edit_question(brief, direction)
        said = Message(role="assistant", content=call.answer[:_QUOTED_CHARACTERS])
        request = Message(role="user", content=prompts.repair(error))
        messages = (*asked.messages, said, request)
        return desk.ask(replace(asked, purpose="repair", messages=messages))
