"""What can be done about a run: end it, take it up again, carry its results away."""

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import fields
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from api.access import Caller
from api.forms import BudgetForm
from api.problems import RefusedError
from core.access import Scope
from core.errors import PerfsmithError
from core.queue import LONGEST_HINT
from core.run import OVER, RunSummary
from core.spend import Budget
from webui import entrance
from webui.desk import service
from webui.lists import when
from webui.showing import aside, block, escaped, failure
from webui.typed import judged, typed
from worker.github.offering import name_on, offer_patch
from worker.handout import hand_out
from worker.report.html import render
from worker.resuming import take_up

_DEAF = ("rules", "replay")
"""Proposers that ask no model, and read no hints."""
_GIVEN = "hints given"
"""Where a session counts the hints that were kept."""


def show_actions(line: RunSummary) -> None:
    """The buttons that make sense for this run and who looks at it."""
    with st.container(horizontal=True):
        if line.speedup is not None:
            offer("Patch", lambda: patch_of(line.id), f"{line.id}.diff", "text/x-diff")
        if line.candidates:
            offer("Report", lambda: render(service().store.load(line.id)), f"{line.id}.html", "text/html")
            offer("All files", lambda: files_of(line.id), f"{line.id}.zip", "application/zip")
        if line.status not in OVER and line.waits and entrance.may(Scope.SUBMIT, line):
            st.button("Cancel", on_click=_cancel, args=(line.id,), icon=":material/stop:")


def offer(label: str, make: Callable[[], bytes | str], name: str, media_type: str) -> None:
    """A button that downloads what `make` makes when it is pressed, for who may look then: the page may have been open for long."""
    person = entrance.caller()

    def made() -> bytes | str:
        if person is None or not entrance.is_still_in(person):
            raise RefusedError(HTTPStatus.UNAUTHORIZED, "whoever opened this page may no longer look")
        return make()

    st.download_button(label, made, name, media_type, icon=":material/download:", on_click="ignore")


def patch_of(run_id: str) -> bytes:
    """The confirmed patch, byte for byte."""
    winner = service().store.catalogue.winner(run_id)
    return bytes_of(winner.proposal.patch) if winner else b""


def bytes_of(patch: str) -> bytes:
    """A patch as the file that it was read from. What never was in a file, half a character of a model's, is shown as `?`."""
    try:
        return patch.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return patch.encode("utf-8", "replace")


def files_of(run_id: str) -> bytes:
    """The files that a run hands out, in one archive."""
    content = io.BytesIO()
    with TemporaryDirectory() as folder, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        hand_out(service().store.load(run_id), Path(folder))
        for path in sorted(Path(folder).iterdir()):
            archive.write(path, f"{run_id}/{path.name}")
    return content.getvalue()


def _cancel(run_id: str) -> None:
    """Asked again who it is: the page may have been open for long."""
    if entrance.may(Scope.SUBMIT, service().store.catalogue.summary(run_id)):
        service().store.queue.cancel(run_id)


def show_hints(line: RunSummary) -> None:
    """What people have said to the search, and a field to say more."""
    hints = service().store.catalogue.hints(line.id)
    may_say = entrance.may(Scope.SUBMIT, line) and _heeds_hints(line)
    if not hints and not may_say:
        return
    with st.expander(f"Hints ({len(hints)})" if hints else "Hints"):
        for hint in hints:
            aside(f"{hint.number} · {escaped(hint.author)} · {when(hint.at)}")
            block(hint.text)
        if may_say:
            _ask_hint(line)


def _ask_hint(line: RunSummary) -> None:
    """An empty field after each hint that was kept here; what was refused stays, to be changed."""
    given = st.session_state.get(_GIVEN, 0)
    with st.form("hint", border=False):
        text = st.text_area(
            "In plain words, for the proposals to come",
            key=f"hint {given} to {line.id}",
            help=f"At most {LONGEST_HINT:,d} characters",
        )
        if st.form_submit_button("Give the hint"):
            _say(line, text)


def _heeds_hints(line: RunSummary) -> bool:
    """Whether it may still ask somebody who reads them."""
    if line.status in OVER or line.is_imported:
        return False
    proposers = service().store.catalogue.run(line.id).backends.proposers
    return any(spec.name not in _DEAF for spec in proposers)


def _say(line: RunSummary, text: str) -> None:
    def say(person: Caller) -> None:
        service().store.queue.add_hint(line.id, person.name, text)
        st.session_state[_GIVEN] = st.session_state.get(_GIVEN, 0) + 1

    _changed(line, "give hints to", say)


def show_resuming(line: RunSummary) -> None:
    """The form that takes up a run that is over."""
    if line.status not in OVER or not entrance.may(Scope.SUBMIT, line):
        return
    with st.expander("Go on with more"), st.form("resume", border=False):
        aside("What is given replaces the run's own limit; the whole run counts, with what it has spent already.")
        limits = ask_budget(empty="as before")
        if st.form_submit_button("Resume"):
            _resume(line, limits)


def _resume(line: RunSummary, limits: Mapping[str, str | None]) -> None:
    def resume(_: Caller) -> None:
        more = judged(BudgetForm, limits).budget()
        take_up(line, more, store=service().store, settings=service().settings, nudge=service().nudge)

    _changed(line, "resume", resume)


def show_offering(line: RunSummary) -> None:
    """The form that opens a pull request with the confirmed patch, where the repository is on GitHub."""
    settings = service().settings
    name = name_on(settings.github.url, line.repository)
    if name is None or line.is_imported or not entrance.may(Scope.SUBMIT, line):
        return
    address = st.session_state.get(_offered(line.id))
    if address:
        st.link_button("Look at the pull request", address, icon=":material/merge:")
    with st.expander("Open a pull request"), st.form("offer", clear_on_submit=True, border=False):
        aside(f"A draft in {escaped(name)}, on a branch of its own. The token is used once and not kept.")
        left, right = st.columns([2, 1])
        token = left.text_input(
            "Token of GitHub",
            type="password",
            help="With Contents and Pull requests, read and write, for this repository",
        )
        base = right.text_input("Into the branch", placeholder="the default branch")
        if st.form_submit_button("Open a draft", icon=":material/merge:"):
            _offer_patch(line, token.strip(), base.strip())


def _offer_patch(line: RunSummary, token: str, base: str) -> None:
    if not entrance.may(Scope.SUBMIT, line):
        failure(f"only {line.owner} or an admin may offer this run's patch")
        return
    try:
        with st.spinner("Asking GitHub"):
            address = offer_patch(service().store.load(line.id), service().settings, token=token, base=base)
            st.session_state[_offered(line.id)] = address  # before anything that another click cuts off
    except (PerfsmithError, OSError) as error:
        failure(str(error))
        return
    st.rerun()


def _offered(run_id: str) -> str:
    return f"pull request of {run_id}"


def _changed(line: RunSummary, verb: str, change: Callable[[Caller], None]) -> None:
    """Change the run and show it anew, or say why not. Asked again who it is: the page may have been open for long."""
    person = entrance.caller()
    if person is None or not entrance.may(Scope.SUBMIT, line):
        failure(f"only {line.owner} or an admin may {verb} this run")
        return
    try:
        change(person)
    except (PerfsmithError, RefusedError) as error:
        failure(str(error))
        return
    st.rerun()


def ask_budget(candidates: str = "", *, empty: str) -> dict[str, str | None]:
    """What is typed into the fields of the four limits. `empty` is what it means that nothing is."""
    one, two, three, four = st.columns(4)
    return {
        "candidates": typed(one, "Candidates", value=candidates, placeholder=candidates or empty),
        "dollars": typed(two, "Dollars", placeholder=empty),
        "tokens": typed(three, "Tokens", placeholder=empty),
        "seconds": typed(four, "Seconds", placeholder=empty),
    }


def budget_words(budget: Budget) -> str:
    """The limits that there are."""
    limits = [
        f"{getattr(budget, each.name):g} {each.name}"
        for each in fields(budget)
        if getattr(budget, each.name) is not None
    ]
    return ", ".join(limits) or "no limit"
