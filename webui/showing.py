"""Text that others wrote, as text: the one door through which it reaches a page."""

import html
import re

import streamlit as st

from worker.github.markdown import code
from worker.report.plain import one_line, printed, visible

_MARKS = re.compile(r"([!-/:-@\[-`{-~])")
_LINK = re.compile(r"://|www|@", re.IGNORECASE)
_BRACKETS = re.compile(r"([\\\[\]])")
_LONGEST_NAME = 200


def escaped(text: str, *, longest: int = 160) -> str:
    """One line for places where Streamlit reads Markdown: no character of it means anything. What Streamlit would make a link
    of, marks or no marks, is a span of code; in that, brackets have backslashes, because they would end a directive around it.
    """
    if _LINK.search(text):
        return code(_BRACKETS.sub(r"\\\1", text), longest=longest)
    return _MARKS.sub(r"\\\1", one_line(text, longest=longest))


def in_chart(text: str, *, longest: int = 120) -> str:
    """One line for places where Plotly reads tags."""
    return html.escape(one_line(text, longest=longest))


def in_cell(text: str) -> str:
    """One line for a cell of a table, which shows text as it is."""
    return one_line(text, longest=_LONGEST_NAME)


def block(text: str, *, language: str | None = None, height: int | None = None) -> None:
    """Text of many lines, with nothing hidden in it and its ends cut."""
    st.code(visible(text), language=language, wrap_lines=True, height=height or "content")


def output(text: str) -> None:
    """What a program printed."""
    st.code(printed(text), language=None, wrap_lines=True)


def failure(message: str) -> None:
    """What went wrong and what to do about it."""
    st.error(escaped(message, longest=1200), icon=":material/error:")


def nothing(message: str) -> None:
    """What to do where there is nothing to see yet. The message is ours and may be Markdown."""
    st.info(message, icon=":material/info:")


def aside(message: str) -> None:
    """A remark beside the matter. Streamlit's caption is too pale to be read on its own backgrounds. Markdown, as above."""
    st.markdown(f":small[:gray[{message}]]")
