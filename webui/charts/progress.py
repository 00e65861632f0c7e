"""The best so far, over what it took to find it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import plotly.graph_objects as go

from core import figures
from core.candidate import Verdict
from core.listing import CandidateSummary
from webui.charts.sheet import sheet
from webui.looks import SERIES
from webui.showing import in_chart

_HELD = (Verdict.ACCEPTED, Verdict.CONFIRMED)


@dataclass(frozen=True, kw_only=True)
class Step:
    """How far a search had come after a candidate."""

    candidates: int
    dollars: float
    best: float
    """The highest estimate of a speedup that held; 1 before there is one."""


def steps(candidates: Sequence[CandidateSummary]) -> list[Step]:
    """One for each candidate with a verdict, in their order."""
    decided = [candidate for candidate in candidates if candidate.verdict is not None]
    bests = accumulate((_held(candidate) for candidate in decided), max, initial=1.0)
    counts = accumulate((candidate.spend.candidates for candidate in decided), initial=0)
    dollars = accumulate((candidate.spend.dollars for candidate in decided), initial=0.0)
    return [
        Step(candidates=count, dollars=cost, best=best)
        for count, cost, best in zip(counts, dollars, bests, strict=True)
    ]


def _held(candidate: CandidateSummary) -> float:
    return candidate.speedup.estimate if candidate.speedup and candidate.verdict in _HELD else 1.0


def progress(searches: Mapping[str, Sequence[CandidateSummary]], *, over_dollars: bool) -> go.Figure:
    """The best so far of each search, over candidates or dollars."""
    what = "dollars spent" if over_dollars else "candidates evaluated"
    figure = sheet(across=what, up="best speedup so far", height=280, legend=len(searches) > 1)
    for at, (name, candidates) in enumerate(searches.items()):
        found = steps(candidates)
        colour = SERIES[at % len(SERIES)]
        figure.add_trace(
            go.Scatter(
                x=[step.dollars if over_dollars else step.candidates for step in found],
                y=[step.best for step in found],
                name=in_chart(name),
                mode="lines+markers",
                line={"shape": "hv", "color": colour, "width": 2},
                marker={"symbol": at, "size": 7},
                hovertext=[
                    f"{figures.times(step.best)} after {step.candidates}, {figures.dollars(step.dollars)}"
                    for step in found
                ],
                hoverinfo="text",
            )
        )
    figure.update_yaxes(ticksuffix="×", rangemode="normal")
    if over_dollars:
        figure.update_xaxes(tickprefix="$", rangemode="tozero")
    return figure
