"""Who looks at a page and what they may do: by a token that this browser session gave, or by OpenID Connect."""

from datetime import UTC, datetime

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from api.access import Caller
from core.access import Scope, Token
from core.queue import LOCAL
from core.run import RunSummary
from webui import showing
from webui.desk import service
from worker.tokens import digest_of

_DIGEST = "digest of the token"
"""Where the session keeps it: never the secret, and never in the URL or a cookie."""


def caller() -> Caller | None:
    """Who looks at this page; None for somebody who has to say so first. Asked anew each time: a token may be revoked."""
    if service().is_open:
        return Caller(name=LOCAL, scope=Scope.ADMIN, token=None)
    token = _token_of_session()
    if token is not None:
        return Caller(name=token.name, scope=token.scope, token=token)
    if _has_login() and st.user.is_logged_in:
        return _signed_in()
    return Caller(name="public", scope=Scope.READ, token=None) if service().public_read else None


def may(scope: Scope, run: RunSummary | None = None) -> bool:
    """Whether who looks may do what `scope` allows, to this run if one is given."""
    person = caller()
    if person is None or not person.scope.allows(scope):
        return False
    return run is None or person.scope is Scope.ADMIN or person.name == run.owner


def is_still_in(person: Caller) -> bool:
    """Whether who came in as `person` may still look. It asks the keyring alone: a download is made where there is no session."""
    if person.token is not None:
        return _valid(person.token.digest) is not None
    return person.scope is Scope.READ or service().is_open


def _token_of_session() -> Token | None:
    digest = st.session_state.get(_DIGEST)
    return _valid(digest) if digest else None


def _valid(digest: str) -> Token | None:
    token = service().store.keyring.find(digest)
    return token if token is not None and not token.problem_at(datetime.now(UTC)) else None


def _has_login() -> bool:
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError:
        return False


def _signed_in() -> Caller | None:
    """By the address that the identity provider has. Where it vouches for that, the token of that name says what it may do;
    else: look.
    """
    address, verified = str(st.user.get("email") or ""), st.user.get("email_verified")
    if not address or verified is False:
        return None
    if verified is not True:
        return Caller(name=address, scope=Scope.READ, token=None)
    now = datetime.now(UTC)
    tokens = [token for token in service().store.keyring.tokens() if token.name == address]
    valid = next((token for token in tokens if not token.problem_at(now)), None)
    if valid is None:
        return Caller(name=address, scope=Scope.READ, token=None)
    return Caller(name=address, scope=valid.scope, token=valid)


def show_entrance() -> None:
    """Ask who it is: the whole page for somebody unknown."""
    st.title("perfsmith")
    if _has_login():
        st.button("Sign in", on_click=st.login)
        if st.user.is_logged_in:
            showing.failure("your identity provider gives no verified e-mail address; sign in with another account")
    with st.form("entrance", border=False):
        secret = st.text_input("Token", type="password", help="Made with: perfsmith tokens add NAME --scope submit")
        if st.form_submit_button("Enter"):
            _enter(secret.strip())
    showing.aside("A token is kept for this browser tab only. Whoever runs this server can make one.")


def _enter(secret: str) -> None:
    if not secret:
        showing.failure("give a token; whoever runs this server makes them with: perfsmith tokens add NAME")
        return
    token = service().store.keyring.find(digest_of(secret))
    problem = "there is no such token" if token is None else token.problem_at(datetime.now(UTC))
    if problem:
        showing.failure(f"{problem}; ask whoever runs this server for another one")
        return
    st.session_state[_DIGEST] = digest_of(secret)
    st.rerun()


def show_person(person: Caller) -> None:
    """Who this is, in the sidebar, and the way out."""
    if service().is_open:
        showing.aside(
            "Open: whoever reaches this address on this machine may do everything. `perfsmith tokens add` ends that at once, for good."
        )
        return
    showing.aside(f"{showing.escaped(person.name)}, may {person.scope}")
    if person.name == "public":
        with st.popover("Enter with a token"):
            show_entrance()
    elif st.button("Leave"):
        st.session_state.pop(_DIGEST, None)
        if _has_login() and st.user.is_logged_in:
            st.logout()
        st.rerun()
