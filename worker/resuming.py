"""Takes up a run that is over: the same door for the API and the web UI, as `worker.hand_in` is for new ones."""

from collections.abc import Callable, Sequence

from core.allowance import may_cost
from core.run import RunSummary
from core.spend import Budget
from store.sql import SqlStore
from worker.allowance import dollars_per_day_of
from worker.settings import Settings
from worker.submit import require_prices


def take_up(
    run: RunSummary,
    more: Budget,
    *,
    store: SqlStore,
    settings: Settings,
    nudge: Callable[[Sequence[str]], None],
) -> None:
    """Let the run wait for a worker again, with `more` in place of its own limits. Whoever does so, its owner's day bounds it, where
    the owner has a token. ConfigError when it can't be taken up.
    """
    known = store.catalogue.run(run.id)
    budget, proposers = known.budget.replaced_by(more), known.backends.proposers
    most = dollars_per_day_of(run.owner, store.keyring)
    if more.dollars is not None or (most is not None and may_cost(proposers)):
        require_prices(proposers, settings)
    store.queue.requeue(run.id, budget, dollars_per_day=most)
    nudge([run.id])
