"""What minimising left out of a patch, as the report and the terminal tell it. Derived from the two stored patches."""

from core import leftout
from core.candidate import MINIMISER, Candidate
from core.patch import PatchError
from core.run import Record


def left_out(record: Record, candidate: Candidate) -> tuple[leftout.LeftOut, ...]:
    """The changes of the parent's patch that a minimised candidate does not make; nothing for any other candidate."""
    try:
        return leftout.left_out(_larger(record, candidate), candidate.proposal.patch)
    except PatchError:
        return ()


def left_out_in_words(record: Record, candidate: Candidate) -> str:
    """The same as a phrase for people; empty where nothing was left out."""
    try:
        return leftout.in_words(_larger(record, candidate), candidate.proposal.patch)
    except PatchError:
        return ""


def _larger(record: Record, candidate: Candidate) -> str:
    """The patch that was minimised; what is none has nothing to be left out of it."""
    is_minimised = candidate.proposal.proposer == MINIMISER and candidate.parent is not None
    return record.candidates[candidate.parent or 0].proposal.patch if is_minimised else candidate.proposal.patch
