"""What runs again by itself asks again who looks."""

from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st

from webui import entrance
from webui.living import live


class LeftError(Exception):
    """Streamlit begins the page anew."""


@pytest.mark.parametrize("caller", ["ann", None])
def test_a_live_part_shows_nothing_to_somebody_whose_token_was_revoked(
    monkeypatch: pytest.MonkeyPatch, caller: str | None
) -> None:
    def at_once(*, run_every: float | None) -> Callable[[Any], Any]:
        assert run_every == 2
        return lambda part: part

    def begin_anew() -> None:
        raise LeftError

    shown: list[str] = []
    monkeypatch.setattr(st, "fragment", at_once)
    monkeypatch.setattr(st, "rerun", begin_anew)
    monkeypatch.setattr(entrance, "caller", lambda: caller)
    part = live(shown.append, seconds=2)
    if caller:
        part("the log")
    else:
        with pytest.raises(LeftError):
            part("the log")
    assert shown == (["the log"] if caller else [])
