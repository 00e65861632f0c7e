"""Second verb: ask the proposers for the next candidate and write it down before anything is done with it."""

import time
from dataclasses import replace

from agent.search import Search
from core import patch as patches
from core.candidate import Candidate, Proposal
from core.errors import ProposalError
from core.proposing import Brief
from core.protocols import Proposer
from core.run import Record


def propose(search: Search, record: Record, parent_number: int) -> Candidate | None:
    """The next candidate, stored but not evaluated; None when no proposer has anything left."""
    brief = brief_for(search, record, parent_number)
    started = time.monotonic()
    for proposer in search.proposers:
        proposal = _ask(proposer, brief, search)
        if proposal is not None:
            spend = replace(proposal.spend, seconds=time.monotonic() - started)
            proposal = replace(proposal, spend=spend)
            candidate = Candidate(number=brief.number, parent=parent_number, proposal=proposal)
            search.history.propose(candidate)
            return candidate
    return None


def brief_for(search: Search, record: Record, parent_number: int) -> Brief:
    """What the proposers are told."""
    parent = record.candidates[parent_number]
    baseline = search.bench.sources
    changes = patches.apply(parent.proposal.patch, baseline) if parent.proposal.patch else {}
    sources = {path: text for path, text in {**baseline, **changes}.items() if text is not None}
    return Brief(
        problem=search.bench.problem,
        number=len(record.candidates),
        parent=parent,
        baseline_sources=baseline,
        sources=sources,
        profiles=record.profiles.get(parent_number) or record.profiles.get(0, ()),
        history=record.candidates,
        budget_left=search.budget.left(record.spend),
        hints=search.history.hints(),
    )


def _ask(proposer: Proposer, brief: Brief, search: Search) -> Proposal | None:
    """The proposer's answer; a failure is a proposal without a patch, so that its cost is on record."""
    try:
        return proposer.propose(brief, search.ledger)
    except ProposalError as error:
        return Proposal(
            patch="",
            rationale="",
            direction=error.direction,
            proposer=proposer.name,
            spend=error.spend,
            problem=str(error),
        )
