"""From the fields of a page to a run: the same forms, the same limits and the same door as the API's."""

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

import streamlit as st
from starlette.datastructures import UploadFile
from streamlit.runtime.uploaded_file_manager import UploadedFile

from api.access import Caller
from api.forms import JudgeForm, RunForm
from api.handing_in import address_of
from api.uploads import kept
from core.problem import Problem
from core.queue import Ticket
from sandbox.scratch import remove
from webui.desk import service
from webui.typed import judged
from worker.hand_in import hand_in
from worker.submit import Request, new_id, prepare

_KEY = "key of the submission"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the fields of the page say."""

    fields: Mapping[str, object]
    """As the API has them."""
    archive: UploadedFile | None = None
    """In place of an address."""


def handed_in(asked: Asked, person: Caller) -> str:
    """The id of the run; ConfigError or RefusedError with what to change."""
    form, (digest, key) = _form(asked), _key(asked)
    ticket = Ticket(
        owner=person.name,
        priority=form.priority,
        machines=form.machines,
        batch=form.batch,
        key=key,
        fingerprint=digest,
    )
    known = service().store.queue.submitted(ticket)
    if known is not None:
        st.session_state.pop(_KEY, None)
        return known
    with _requested(asked, form) as request:
        run_id = hand_in(
            request,
            ticket,
            store=service().store,
            settings=service().settings,
            nudge=service().nudge,
            dollars_per_day=person.dollars_per_day,
        )
    st.session_state.pop(_KEY, None)
    return run_id


def detected(asked: Asked) -> Problem:
    """The problem as it would be run, with what nobody named found in the repository. Nothing is recorded."""
    form = _form(asked)
    workspace = service().settings.workspace(new_id())
    with _requested(asked, form) as request:
        try:
            return prepare(request, workspace.name, workspace, service().settings).problem
        finally:
            remove(workspace)


def _form(asked: Asked) -> RunForm | JudgeForm:
    return judged(JudgeForm, asked.fields) if "patch" in asked.fields else judged(RunForm, asked.fields)


@contextmanager
def _requested(asked: Asked, form: RunForm | JudgeForm) -> Iterator[Request]:
    if asked.archive is None:
        yield form.request(address_of(form.repository, service()))
        return
    with kept(UploadFile(asked.archive, filename=asked.archive.name), service().settings) as path:
        yield replace(form.request(str(path)), name=path.name)


def _key(asked: Asked) -> tuple[str, str]:
    """A digest of the fields, and a key that is the same for the same fields until the run was shown: a second click hands in
    nothing new, and what was cut off by another click is found again.
    """
    content = repr((sorted(asked.fields.items()), asked.archive and asked.archive.file_id))
    digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
    before, key = st.session_state.get(_KEY, ("", ""))
    if before != digest:
        key = secrets.token_hex(8)
        st.session_state[_KEY] = digest, key
    return digest, str(key)
