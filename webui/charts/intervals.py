"""Speedups beside each other, each with its interval."""

from collections.abc import Mapping

import plotly.graph_objects as go

from core import figures
from core.measurement import Speedup
from webui.charts.sheet import sheet
from webui.looks import CANDIDATE, ORIGINAL
from webui.showing import in_chart


def intervals(speedups: Mapping[str, Speedup]) -> go.Figure:
    """One line for each name; those without an interval that says anything are left out."""
    shown = {name: speedup for name, speedup in speedups.items() if figures.is_bounded(speedup)}
    figure = sheet(across="speedup", up="", height=90 + 34 * len(shown))
    estimates = [speedup.estimate for speedup in shown.values()]
    figure.add_trace(
        go.Scatter(
            x=estimates,
            y=[in_chart(name, longest=40) for name in shown],
            mode="markers",
            marker={"color": CANDIDATE, "size": 11, "symbol": "diamond"},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [speedup.high - speedup.estimate for speedup in shown.values()],
                "arrayminus": [speedup.estimate - speedup.low for speedup in shown.values()],
                "color": CANDIDATE,
                "thickness": 3,
            },
            hovertext=[figures.speedup(speedup) for speedup in shown.values()],
            hoverinfo="text",
        )
    )
    figure.add_vline(x=1, line={"color": ORIGINAL, "dash": "dash"})
    figure.update_xaxes(ticksuffix="×")
    figure.update_yaxes(autorange="reversed")
    return figure
