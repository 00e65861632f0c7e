"""What the URL of a page asks for. Streamlit leaves out of it what a field can't show, and the page would be another one than the
link says.
"""

from collections.abc import Collection

import streamlit as st

from webui.showing import failure


def tell_unknown(key: str, known: Collection[str]) -> bool:
    """Say so where the URL asks under `key` for what is none of `known`; whether it does."""
    for given in filter(None, st.query_params.get_all(key)):
        if given not in known:
            failure(f"{key} in the address: there is no {given!r}; use one of {', '.join(known)}")
            return True
    return False
