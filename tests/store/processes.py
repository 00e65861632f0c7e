"""What tests have other processes do to a database. One process imports everything once, and the others are made from it."""

import multiprocessing
from collections.abc import Callable
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

from core.errors import StoreError
from store.sql import SqlStore
from tests.store.facts import a_call, a_candidate, a_decision, an_evaluation

PATIENCE_SECONDS = 120


def start(do: Callable[[str, Connection], None], url: str) -> tuple[ForkServerProcess, Connection]:
    """A process that does it, and the other end of the line that it was given."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", __name__])
    ours, theirs = context.Pipe()
    process = context.Process(target=do, args=(url, theirs))
    process.start()
    theirs.close()
    return process, ours


def append(url: str, line: Connection) -> None:
    """Store one candidate after the other, and tell each number."""
    with SqlStore.open(url) as store:
        history = store.history("3fa4")
        for number in count():
            history.propose(a_candidate(number))
            history.decide(number, an_evaluation(20), a_decision())
            line.send(number)


def take(url: str, line: Connection) -> None:
    """Try to take each of some numbers and keys, and tell how many were had."""
    taken = 0
    with SqlStore.open(url) as store:
        for number in range(40):
            try:
                store.history("3fa4").propose(a_candidate(number))
                store.ledger("3fa4").record(a_call(str(number)))
                taken += 1
            except StoreError:
                pass
    line.send(taken)


def create(url: str, line: Connection) -> None:
    """Create the database when told to, and tell how many runs there are."""
    line.send("ready")
    line.recv()
    with SqlStore.open(url) as store:
        line.send(len(store.recent(1)))


def claim(url: str, line: Connection) -> None:
    """Claim runs until none waits, and tell their ids."""
    line.send("ready")
    worker = line.recv()
    ids = []
    with SqlStore.open(url) as store:
        while found := store.queue.claim(worker, machine="m", lease_seconds=60):
            ids.append(found.run_id)
    line.send(ids)


def told(line: Connection) -> object:
    """What came over the line."""
    assert line.poll(PATIENCE_SECONDS), "the process says nothing"
    return line.recv()
