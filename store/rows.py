"""What a run is in its table."""

from typing import Any

from core.run import Run
from store.forms import backends_form, budget_form, problem_form


def run_row(run: Run) -> dict[str, Any]:
    """The values of a run that is new."""
    return {
        "id": run.id,
        "kind": run.kind.value,
        "repository": run.problem.repository,
        "name": run.problem.title.lower(),
        "problem": problem_form(run.problem),
        "backends": backends_form(run.backends),
        "budget": budget_form(run.budget),
        "seed": run.seed,
        "created_at": run.created_at,
        "status": run.status.value,
        "error": run.error,
        "stopped_by": run.stopped_by,
        "judged_patch": run.judged_patch,
    }
