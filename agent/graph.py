"""The loop: select → propose → evaluate → decide, again until there is a reason to end.

Where a crew helps, proposals are made until as many candidates are pending as it can evaluate at a time; then each verdict
makes room for the next. Whoever is alone does one at a time, by the same edges.

The only home of LangGraph. The state holds nothing but what the store holds: there is no checkpointer, and resuming a run
is starting it. "__end__" is LangGraph's END, spelt out where the type checker wants a literal.
"""

from dataclasses import replace
from typing import Literal, TypedDict

from langgraph.graph import START, StateGraph
from langgraph.runtime import Runtime

from agent.decide import decide
from agent.evaluate import search_plan
from agent.growth import decided, proposed
from agent.pending import Observed, evaluate_one, hear_all
from agent.profiling import profile_candidate
from agent.propose import propose
from agent.search import Search
from agent.select import select
from core.candidate import Candidate
from core.run import Record

MOST_STEPS = 4_000_000
"""LangGraph wants a limit on its steps; ours is the budget, checked in select."""


class State(TypedDict):
    """What the verbs hand on to each other."""

    record: Record
    parent: int | None
    observed: Observed | None
    stopped_by: str
    has_room: bool
    barren: tuple[Candidate, ...]
    """What was pending when there was nothing to propose: the next verdict may change that."""


class Update(TypedDict, total=False):
    """What a verb changes."""

    record: Record
    parent: int | None
    observed: Observed | None
    stopped_by: str
    has_room: bool
    barren: tuple[Candidate, ...]


def search_until_stopped(search: Search, record: Record) -> tuple[Record, str]:
    """Run the loop on top of `record`; the grown record, and in words why the search ended."""
    start = State(record=record, parent=None, observed=None, stopped_by="", has_room=False, barren=())
    final = LOOP.invoke(start, {"recursion_limit": MOST_STEPS}, context=search)
    return final["record"], final["stopped_by"]


def select_node(state: State, runtime: Runtime[Search]) -> Update:
    """What to build on, or why to end; neither while there is no room, or as much is pending as when nothing was to be done."""
    record = hear_all(runtime.context, state["record"])
    if not _has_room(runtime.context, record) or (record.pending and record.pending == state["barren"]):
        return Update(record=record, has_room=False)
    record = replace(record, asked=runtime.context.ledger.spent())
    selection = select(runtime.context, record)
    if selection.parent is None:
        return _nothing_to_do(record, selection.stopped_by)
    return Update(record=record, parent=selection.parent, has_room=True)


def propose_node(state: State, runtime: Runtime[Search]) -> Update:
    """A new candidate without an evaluation. What the proposer is to see, the profile of its parent, is made sure of first."""
    record, parent = state["record"], state["parent"] or 0
    if parent not in record.profiles:
        record = profile_candidate(runtime.context, record, record.candidates[parent])
    candidate = propose(runtime.context, record, parent)
    if candidate is None:
        return _nothing_to_do(record, "nothing left to propose")
    record = proposed(record, candidate)
    return Update(record=record, has_room=_has_room(runtime.context, record))


def evaluate_node(state: State, runtime: Runtime[Search]) -> Update:
    """What a pending candidate does; nothing when others evaluate all of them."""
    return Update(observed=evaluate_one(runtime.context, state["record"].pending))


def decide_node(state: State, runtime: Runtime[Search]) -> Update:
    """Its verdict, written down."""
    search, seen, record = runtime.context, state["observed"], state["record"]
    if seen is not None:
        problem = search.bench.problem
        decision = decide(seen.evaluation, problem, search_plan(problem.objective))
        record = decided(search, record, seen.number, seen.evaluation, decision)
    return Update(record=record, observed=None)


def after_start(state: State) -> Literal["select", "evaluate"]:
    """Candidates that an earlier, interrupted process proposed are evaluated first."""
    return "evaluate" if state["record"].pending else "select"


def after_select(state: State) -> Literal["propose", "evaluate", "__end__"]:
    """On where there is room; what is pending gets its verdict before anything ends."""
    if state["has_room"]:
        return "propose"
    return "evaluate" if state["record"].pending else "__end__"


def after_propose(state: State) -> Literal["select", "evaluate", "__end__"]:
    """Another one while there is room, else on; the end when nothing is left to propose and nothing is pending."""
    if state["has_room"]:
        return "select"
    return "evaluate" if state["record"].pending else "__end__"


def _nothing_to_do(record: Record, why: str) -> Update:
    """The end, unless a verdict that is still to come may give something to do."""
    if record.pending:
        return Update(record=record, has_room=False, barren=record.pending)
    return Update(record=record, has_room=False, stopped_by=why)


def _has_room(search: Search, record: Record) -> bool:
    return len(record.pending) < search.crew.width


_graph = StateGraph(State, context_schema=Search)
_graph.add_node("select", select_node)
_graph.add_node("propose", propose_node)
_graph.add_node("evaluate", evaluate_node)
_graph.add_node("decide", decide_node)
_graph.add_conditional_edges(START, after_start)
_graph.add_conditional_edges("select", after_select)
_graph.add_conditional_edges("propose", after_propose)
_graph.add_edge("evaluate", "decide")
_graph.add_edge("decide", "select")
LOOP = _graph.compile()
