"""Parts of a page that run again by themselves."""

from collections.abc import Callable
from typing import ParamSpec

import streamlit as st

from webui import entrance

Given = ParamSpec("Given")


def live(show: Callable[Given, None], *, seconds: float | None) -> Callable[Given, None]:
    """`show` as a part of its own, run again every so often; None for only when something in it is used.

    Streamlit runs such a part without the router, so that it asks again who looks: a token may have been revoked.
    """

    @st.fragment(run_every=seconds)
    def part(*args: Given.args, **named: Given.kwargs) -> None:
        if entrance.caller() is None:
            st.rerun()
        show(*args, **named)

    return part
