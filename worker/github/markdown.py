"""Text that anybody may have written, put into Markdown so that it is shown and does nothing: no mention, no HTML, no link."""

import re

from worker.report.plain import one_line, visible

_TICKS = re.compile(r"`+")


def code(text: str, *, longest: int = 300) -> str:
    """One line of `text` as a code span, also inside a table: nothing in it is read as Markdown."""
    line = one_line(text, longest=longest)
    if not line:
        return "–"
    ticks = "`" * (_longest_ticks(line) + 1)
    # Spaces keep ticks at an end apart; a bar would end the cell of a table.
    return f"{ticks} {line} {ticks}".replace("|", "\\|")


def fenced(text: str, language: str, *, as_it_is: bool = False) -> str:
    """`text` as a block of code, behind a fence that nothing in it can close; with its odd characters made visible unless it is
    to be taken `as_it_is`.
    """
    shown = text if as_it_is else visible(text)
    fence = "`" * max(3, _longest_ticks(shown) + 1)
    end = "" if shown.endswith("\n") or not shown else "\n"
    return f"{fence}{language}\n{shown}{end}{fence}"


def _longest_ticks(text: str) -> int:
    return max(map(len, _TICKS.findall(text)), default=0)
