"""The search tree: who descends from whom, by verdict and by speedup."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from core import figures
from core.listing import CandidateSummary
from webui.charts.sheet import sheet
from webui.looks import look_of
from webui.showing import in_chart

_SMALLEST, _LARGEST = 11.0, 34.0
_FULL_SIZE = 4.0
"""A speedup of this factor has the largest dot; more has it as well."""


def places(candidates: Sequence[CandidateSummary]) -> Mapping[int, tuple[float, int]]:
    """Where each candidate stands: beside its siblings, and how many patches deep. A parent is above its children's middle."""
    known = {candidate.number for candidate in candidates}
    children: dict[int | None, list[int]] = {}
    for candidate in candidates:
        parent = candidate.parent if candidate.parent in known else None
        children.setdefault(parent, []).append(candidate.number)
    found: dict[int, tuple[float, int]] = {}
    column = 0.0
    waiting = [(number, 0, False) for number in reversed(children.get(None, []))]
    while waiting:
        number, depth, seen = waiting.pop()
        below = children.get(number, [])
        if below and not seen:
            waiting.append((number, depth, True))
            waiting.extend((child, depth + 1, False) for child in reversed(below))
        elif below:
            ends = [found[child][0] for child in below]
            found[number] = ((min(ends) + max(ends)) / 2, depth)
        else:
            found[number] = (column, depth)
            column += 1
    return found


def tree(candidates: Sequence[CandidateSummary]) -> go.Figure:
    """The drawing. Each dot carries its candidate's number, so that it can be opened."""
    at = places(candidates)
    figure = sheet(
        across="", up="patches deep", height=110 + 75 * (1 + max((y for _, y in at.values()), default=0)), legend=True
    )
    xs: list[float | None] = []
    ys: list[float | None] = []
    for candidate in candidates:
        if candidate.parent is not None and candidate.parent in at:
            (x, y), (above_x, above_y) = at[candidate.number], at[candidate.parent]
            xs += [above_x, x, None]
            ys += [above_y, y, None]
    lines = {"color": "rgba(128, 140, 152, 0.6)", "width": 1.5}
    figure.add_trace(go.Scatter(x=xs, y=ys, mode="lines", line=lines, hoverinfo="skip", showlegend=False))
    for words in dict.fromkeys(look_of(candidate.verdict).words for candidate in candidates):
        alike = [candidate for candidate in candidates if look_of(candidate.verdict).words == words]
        figure.add_trace(_dots(words, alike, at))
    figure.update_layout(legend={"itemsizing": "constant"})
    figure.update_xaxes(visible=False)
    figure.update_yaxes(autorange="reversed", dtick=1, showgrid=False)
    return figure


def _dots(words: str, alike: Sequence[CandidateSummary], at: Mapping[int, tuple[float, int]]) -> go.Scatter:
    look = look_of(alike[0].verdict)
    return go.Scatter(
        x=[at[candidate.number][0] for candidate in alike],
        y=[at[candidate.number][1] for candidate in alike],
        mode="markers+text",
        name=words,
        text=[str(candidate.number) for candidate in alike],
        textposition="middle right",
        customdata=[candidate.number for candidate in alike],
        hovertext=[_words(candidate) for candidate in alike],
        hoverinfo="text",
        marker={
            "color": look.colour,
            "symbol": look.shape,
            "size": [_size(candidate) for candidate in alike],
            "line": {"width": 2, "color": look.colour},
            "opacity": 1,
        },
    )


def _size(candidate: CandidateSummary) -> float:
    gained = candidate.speedup.estimate - 1 if candidate.speedup else 0.0
    return _SMALLEST + (_LARGEST - _SMALLEST) * min(max(gained / (_FULL_SIZE - 1), 0.0), 1.0)


def _words(candidate: CandidateSummary) -> str:
    speedup = f" · {figures.speedup(candidate.speedup)}" if candidate.speedup else ""
    told = f"{candidate.number}: {look_of(candidate.verdict).words}{speedup}"
    return "<br>".join(in_chart(line) for line in (told, candidate.direction, candidate.reason) if line)
