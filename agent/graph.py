"""The loop: select → propose → evaluate → decide, again until there is a reason to end.

The only home of LangGraph. The state holds nothing but what the store holds: there is no checkpointer, and resuming a run
is starting it. "__end__" is LangGraph's END, spelt out where the type checker wants a literal.
"""

from dataclasses import replace
from typing import Literal, TypedDict

from langgraph.graph import START, StateGraph
from langgraph.runtime import Runtime

from agent.decide import decide
from agent.evaluate import evaluate, search_plan
from agent.growth import decided, proposed
from agent.profiling import profile_candidate
from agent.propose import propose
from agent.search import Search
from agent.select import select
from core.candidate import Candidate, Evaluation
from core.progress import CandidateProposed
from core.run import Record

MOST_STEPS = 4_000_000
"""LangGraph wants a limit on its steps; ours is the budget, checked in select."""


class State(TypedDict):
    """What the verbs hand on to each other."""

    record: Record
    parent: int | None
    evaluation: Evaluation | None
    stopped_by: str


class Update(TypedDict, total=False):
    """What a verb changes."""

    record: Record
    parent: int | None
    evaluation: Evaluation | None
    stopped_by: str


def search_until_stopped(search: Search, record: Record) -> tuple[Record, str]:
    """Run the loop on top of `record`; the grown record, and in words why the search ended."""
    start = State(record=record, parent=None, evaluation=None, stopped_by="")
    final = LOOP.invoke(start, {"recursion_limit": MOST_STEPS}, context=search)
    return final["record"], final["stopped_by"]


def select_node(state: State, runtime: Runtime[Search]) -> Update:
    """What to build on, or why to end."""
    record = replace(state["record"], asked=runtime.context.ledger.spent())
    selection = select(runtime.context, record)
    return Update(record=record, parent=selection.parent, stopped_by=selection.stopped_by)


def propose_node(state: State, runtime: Runtime[Search]) -> Update:
    """A new candidate on top of a profiled one, or nothing left to try."""
    parent, record = state["parent"] or 0, state["record"]
    if parent not in record.profiles:
        record = profile_candidate(runtime.context, record, record.candidates[parent])
    candidate = propose(runtime.context, record, parent)
    if candidate is None:
        return Update(record=record, stopped_by="nothing left to propose")
    return Update(record=proposed(record, candidate))


def evaluate_node(state: State, runtime: Runtime[Search]) -> Update:
    """What the newest candidate does."""
    bench, candidate = runtime.context.bench, _undecided(state)
    bench.notify(CandidateProposed(candidate=candidate))
    plan = search_plan(bench.problem.objective)
    return Update(evaluation=evaluate(candidate.proposal, bench, number=candidate.number, plan=plan))


def decide_node(state: State, runtime: Runtime[Search]) -> Update:
    """Its verdict, written down."""
    search, evaluation = runtime.context, state["evaluation"] or Evaluation()
    problem = search.bench.problem
    decision = decide(evaluation, problem, search_plan(problem.objective))
    candidate = _undecided(state)
    return Update(record=decided(search, state["record"], candidate.number, evaluation, decision), evaluation=None)


def after_start(state: State) -> Literal["select", "evaluate"]:
    """A candidate that an earlier, interrupted process proposed is evaluated first."""
    return "select" if state["record"].undecided is None else "evaluate"


def after_select(state: State) -> Literal["propose", "__end__"]:
    """On, unless select gave a reason to end."""
    return "__end__" if state["stopped_by"] else "propose"


def after_propose(state: State) -> Literal["evaluate", "__end__"]:
    """On, unless there is nothing left to propose."""
    return "__end__" if state["stopped_by"] else "evaluate"


def _undecided(state: State) -> Candidate:
    candidate = state["record"].undecided
    if candidate is None:
        raise AssertionError("this verb is only entered with a candidate that has no verdict")
    return candidate


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
