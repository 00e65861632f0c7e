"""Submit: a repository to make faster, or a patch to judge."""

from collections.abc import Mapping
from contextlib import suppress

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from api.forms import BudgetForm
from api.problems import RefusedError
from core.access import Scope
from core.allowance import may_cost
from core.errors import ConfigError, PerfsmithError
from core.problem import Generality, Objective, Problem
from core.queue import LEAST_PRIORITY, MOST_MACHINES, MOST_PRIORITY
from core.run import BackendSpec
from core.spend import Budget
from webui import entrance
from webui.actions import ask_budget
from webui.desk import service
from webui.handing_in import Asked, detected, handed_in
from webui.lists import open_run
from webui.showing import aside, escaped, failure
from webui.typed import judged, typed
from webui.uploading import let_upload
from worker.network import OPTIONS
from worker.submit import DEFAULT_CANDIDATES, default_proposers

_URL, _ARCHIVE, _PATH = "Git URL", "Archive", "Path on the server"
_SEARCH, _DRY, _JUDGE = "Search for a patch", "Dry run: check the problem only", "Judge a patch"
_FOUND = "found in the repository"
_FILLED_IN = "filled in with what was found"
_AS_DETECTED = "as detected"
# Fields of the problem, and what each is when nothing overrides the repository.
_EMPTY: Mapping[str, object] = {
    **dict.fromkeys(("editable", "setup", "tests", "workload", "min_speedup", "timeout"), ""),
    **dict.fromkeys(("objective", "generalise"), _AS_DETECTED),
}


def show_page() -> None:
    """The form, and what is wrong with it."""
    st.title("Submit")
    if not entrance.may(Scope.SUBMIT):
        failure("handing in needs a token with the scope submit")
        return
    let_upload()
    _take_what_was_found()
    source, archive = _ask_source()
    what = st.radio("What to do", [_SEARCH, _DRY, _JUDGE], horizontal=True, key="what")
    patch = st.text_area("Patch", height=200, key="patch", placeholder="A unified diff") if what == _JUDGE else None
    look = st.button(
        "Look at the repository", icon=":material/search:", help="Fetches it and fills in what is detected"
    )
    problem = _ask_problem()
    work = _ask_work(what)
    fields = {**source, "problem": problem, **work} | ({} if patch is None else {"patch": patch, "kind": "judge"})
    asked = Asked(fields=fields, archive=archive)
    if look:
        _look(asked)
    if st.button("Hand in", icon=":material/send:"):
        _hand_in(asked)


def _ask_source() -> tuple[dict[str, object], UploadedFile | None]:
    ways = [_URL, _ARCHIVE, *([_PATH] if service().is_open else [])]
    way = st.radio("Repository", ways, horizontal=True, key="way", on_change=_forget_what_was_found)
    if way == _ARCHIVE:
        kinds = ["zip", "tar", "gz", "tgz", "bz2", "xz"]
        archive = st.file_uploader("Archive", type=kinds, key="archive", on_change=_forget_what_was_found)
        return {"repository": archive.name if archive else ""}, archive
    left, right = st.columns([3, 1])
    address = left.text_input(
        "URL" if way == _URL else "Path",
        key="repository",
        placeholder="https://example.org/team/project.git" if way == _URL else "/srv/project",
        on_change=_forget_what_was_found,
    )
    ref = right.text_input(
        "Branch, tag or commit", key="ref", placeholder="the default branch", on_change=_forget_what_was_found
    )
    return {"repository": address.strip(), "ref": ref.strip() or None}, None


def _ask_problem() -> dict[str, object]:
    with st.expander("The problem", expanded=_FILLED_IN in st.session_state):
        aside("What is left empty is read from the repository's own configuration, or detected.")
        editable = st.text_area("Files that may be changed, one glob a line", key="editable", height=80)
        setup = st.text_area("Setup, one command a line", key="setup", height=80)
        tests = st.text_input("Tests", key="tests")
        workload = st.text_area("Workloads, one a line", key="workload", height=80)
        one, two, three, four = st.columns(4)
        objective = one.selectbox("Objective", [_AS_DETECTED, *map(str, Objective)], key="objective")
        least = typed(two, "Speedup to clear", key="min_speedup")
        timeout = typed(three, "Timeout, seconds", key="timeout")
        general = four.selectbox("Other inputs", [_AS_DETECTED, *map(str, Generality)], key="generalise")
    return {
        "editable": _lines(editable),
        "setup": _lines(setup),
        "tests": tests.strip() or None,
        "workload": _lines(workload),
        "objective": None if objective == _AS_DETECTED else objective,
        "min_speedup": least,
        "timeout": timeout,
        "generalise": None if general == _AS_DETECTED else general,
    }


def _lines(text: str) -> list[str] | None:
    return [line.strip() for line in text.splitlines() if line.strip()] or None


def _ask_work(what: str) -> dict[str, object]:
    with st.expander("Who works on it", expanded=True):
        one, two, three = st.columns(3)
        sandboxes = list(OPTIONS["sandbox"])
        sandbox = one.selectbox("Sandbox", sandboxes, index=sandboxes.index("bubblewrap"), key="sandbox")
        least = str(LEAST_PRIORITY)
        meant = f"Among your own runs, from {LEAST_PRIORITY} to {MOST_PRIORITY}"
        priority = typed(two, "Priority", value=least, key="priority", help=meant) or least
        batch = three.text_input("Batch", key="batch", help="A name that several runs share")
        found: dict[str, object] = {"sandbox": {"name": sandbox}, "priority": priority, "batch": batch.strip()}
        if what == _JUDGE:
            return found
        found |= _ask_search()
        if what == _DRY:
            return found | {"budget": {"candidates": 0}}
        limits = ask_budget(str(DEFAULT_CANDIDATES), empty="no limit")
        with suppress(ConfigError):  # told when it is handed in
            _show_costs(judged(BudgetForm, limits).budget())
        return found | {"budget": limits, "machines": _ask_machines()}


def _ask_machines() -> str:
    meant = f"How many may evaluate candidates at a time, up to {MOST_MACHINES}: others help where their workers have nothing else to do"
    return typed(st.container(), "Machines", value="1", key="machines", help=meant) or "1"


def _ask_search() -> dict[str, object]:
    one, two, three = st.columns(3)
    one.multiselect("Proposers, asked in turn", list(OPTIONS["proposer"]), default=_usual_proposers(), key="proposers")
    proposers = _proposers()
    model = two.text_input(
        "Model", key="model", placeholder=service().settings.model or "the server's", disabled="openai" not in proposers
    )
    strategy = three.selectbox("Strategy", list(OPTIONS["strategy"]), key="strategy")
    options = {"openai": {"model": model.strip()}} if model.strip() else {}
    specs = [{"name": name, "options": options.get(name, {})} for name in proposers]
    return {"proposers": specs, "strategy": {"name": strategy}}


def _proposers() -> list[str]:
    """Those who will be asked: where nobody is chosen, the server's default."""
    return st.session_state["proposers"] or _usual_proposers()


def _usual_proposers() -> list[str]:
    return [spec.name for spec in default_proposers(service().settings)]


def _show_costs(budget: Budget) -> None:
    if budget.candidates is None:
        aside(f"Without a number of candidates {DEFAULT_CANDIDATES} are tried at most.")
    if not may_cost([BackendSpec(name=name, options={}) for name in _proposers()]):
        aside("Costs no money: rules and the local model ask nobody.")
        return
    if budget.dollars is None:
        st.warning(
            "A model that costs money may be asked, and there is no limit of dollars.", icon=":material/payments:"
        )
    else:
        aside(f"Costs at most \\${budget.dollars:,.2f}. The first limit reached ends the search.")
    _show_estimate(budget)


def _show_estimate(budget: Budget) -> None:
    """From what the model has cost here: half of the candidates may be others', so that this is on the high side."""
    model = st.session_state["model"].strip() or service().settings.model or ""
    known = service().store.catalogue.asked_lately(model)
    estimate = known.estimate(DEFAULT_CANDIDATES if budget.candidates is None else budget.candidates)
    if estimate is None:
        aside(
            f"Nobody has asked {escaped(model) or 'a model'} here yet, so that there is no estimate; try few candidates first."
        )
        return
    each = f"the latest {known.candidates} cost \\${known.dollars / known.candidates:,.4f} each"
    aside(f"About \\${estimate:,.2f} if {escaped(model)} is asked for every candidate: {each}.")


def _look(asked: Asked) -> None:
    try:
        with st.spinner("Fetching and looking"):
            problem = detected(asked)
    except (PerfsmithError, RefusedError) as error:
        failure(str(error))
        return
    st.session_state[_FOUND] = problem
    st.rerun()


def _take_what_was_found() -> None:
    """Fill the fields, which can be done only before they are drawn."""
    problem: Problem | None = st.session_state.pop(_FOUND, None)
    if problem is None:
        return
    found = _fields_of(problem)
    new = {name: value for name, value in found.items() if st.session_state.get(name) != value}
    st.session_state[_FILLED_IN] = {**st.session_state.get(_FILLED_IN, {}), **new}
    st.session_state.update(found)
    st.success(
        f"Detected at revision {problem.revision[:12]}. Everything below can be changed.", icon=":material/check:"
    )


def _fields_of(problem: Problem) -> dict[str, object]:
    return {
        "editable": "\n".join(problem.editable),
        "setup": "\n".join(problem.setup),
        "tests": problem.tests,
        "workload": "\n".join(map(str, problem.workloads)),
        "objective": str(problem.objective),
        "min_speedup": str(problem.min_speedup),
        "timeout": str(problem.timeout_seconds),
        "generalise": str(problem.generalise),
    }


def _forget_what_was_found() -> None:
    """Another repository is asked for: what the last one had says nothing about it. What somebody typed stays."""
    for name, value in st.session_state.pop(_FILLED_IN, {}).items():
        if st.session_state.get(name) == value:
            st.session_state[name] = _EMPTY[name]


def _hand_in(asked: Asked) -> None:
    person = entrance.caller()
    if person is None:
        st.rerun()
    try:
        with st.spinner("Fetching the repository"):
            run_id = handed_in(asked, person)
    except (PerfsmithError, RefusedError) as error:
        failure(str(error))
        return
    open_run(run_id)


show_page()
