"""What the URL of a page asks for. Streamlit leaves out of it what a field can't show, and the page would be another one than the
link says.
"""

from collections.abc import Collection
from datetime import date

import streamlit as st

from core.errors import ConfigError


def require_known(key: str, known: Collection[str]) -> None:
    """ConfigError where the URL says something under `key` that is none of `known`."""
    for given in filter(None, st.query_params.get_all(key)):
        if given not in known:
            raise ConfigError(f"{key} in the address: there is no {given!r}; use one of {', '.join(known)}")


def require_day(key: str, first: date, last: date) -> None:
    """ConfigError where the URL says something under `key` that is no day from `first` to `last`."""
    given = st.query_params.get(key, "")
    try:
        is_good = not given or first <= date.fromisoformat(given) <= last
    except ValueError:
        is_good = False
    if not is_good:
        raise ConfigError(f"{key} in the address: {given!r} is no day from {first} to {last}")
