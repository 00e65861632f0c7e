"""What was measured: every sample of both sides, and the ratio of each pair in the order they were taken."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core import figures
from core.measurement import Speedup, Timing
from core.problem import Objective
from webui.charts.sheet import sheet
from webui.looks import CANDIDATE, ORIGINAL
from worker.report.scale import round_values


def distributions(timing: Timing, objective: Objective) -> go.Figure:
    """The samples of the original above those of the candidate, with their quartiles."""
    figure = sheet(across=f"cost: {objective}", up="", height=260)
    sides = {
        "candidate": (CANDIDATE, [pair.candidate.of(objective) for pair in timing.pairs]),
        "original": (ORIGINAL, [pair.original.of(objective) for pair in timing.pairs]),
    }
    for name, (colour, costs) in sides.items():
        figure.add_trace(
            go.Box(
                x=costs,
                name=name,
                orientation="h",
                boxpoints="all",
                jitter=0.5,
                pointpos=0,
                marker={"color": colour, "size": 6, "opacity": 0.75},
                line={"color": colour},
                fillcolor="rgba(128, 140, 152, 0.12)",
                hovertext=[f"{name}, pair {at}: {figures.cost(cost, objective)}" for at, cost in enumerate(costs, 1)],
                hoverinfo="text",
            )
        )
    if objective in {Objective.WALL, Objective.CPU}:
        figure.update_xaxes(ticksuffix=" s")
    elif objective is Objective.MEMORY:
        figure.update_xaxes(ticksuffix="B", exponentformat="SI")
    return figure


def ratios(timing: Timing, objective: Objective, speedup: Speedup | None) -> go.Figure:
    """The ratio of each pair over time, on a logarithmic axis, with the interval as a band: a drift shows as a slope."""
    figure = sheet(across="pair, in the order taken", up="original / candidate", height=300, legend=True)
    found = _ratios(timing, objective)
    for first, shape in ((True, "circle"), (False, "circle-open")):
        who = "original" if first else "candidate"
        mine = [(at, ratio) for at, ratio, original_first in found if original_first is first]
        figure.add_trace(
            go.Scatter(
                x=[at for at, _ in mine],
                y=[ratio for _, ratio in mine],
                mode="markers",
                name=f"{who} first",
                marker={"color": CANDIDATE, "symbol": shape, "size": 9, "line": {"width": 2, "color": CANDIDATE}},
                hovertext=[f"pair {at}: {figures.times(ratio)}, {who} first" for at, ratio in mine],
                hoverinfo="text",
            )
        )
    figure.add_hline(y=1, line={"color": ORIGINAL, "dash": "dash"})
    if speedup and figures.is_bounded(speedup):
        figure.add_hrect(y0=speedup.low, y1=speedup.high, fillcolor=CANDIDATE, opacity=0.15, line_width=0)
        figure.add_hline(y=speedup.estimate, line={"color": CANDIDATE})
    _scale(figure, [ratio for _, ratio, _ in found])
    return figure


def _ratios(timing: Timing, objective: Objective) -> list[tuple[int, float, bool]]:
    """The number of each pair, its ratio, and whether the original came first."""
    smallest = 1e-9
    return [
        (
            at,
            max(pair.original.of(objective), smallest) / max(pair.candidate.of(objective), smallest),
            pair.original_first,
        )
        for at, pair in enumerate(timing.pairs, 1)
    ]


def _scale(figure: go.Figure, shown: Sequence[float]) -> None:
    lowest, highest = min(shown, default=1.0) * 0.9, max(shown, default=1.0) * 1.1
    ticks = [tick for tick in round_values(lowest, highest, most=6) if tick > 0]
    figure.update_yaxes(type="log", tickvals=ticks, ticktext=[figures.times(tick) for tick in ticks])
