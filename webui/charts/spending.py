"""What models have cost, a bar for each day."""

from collections.abc import Mapping
from datetime import date

import plotly.graph_objects as go

from core import figures
from core.spend import Spend
from webui.charts.sheet import sheet
from webui.looks import CANDIDATE


def spending(days: Mapping[date, Spend]) -> go.Figure:
    """Dollars over days of UTC, with the tokens where the mouse is."""
    figure = sheet(across="day, UTC", up="dollars", height=200)
    figure.add_trace(
        go.Bar(
            x=[f"{day:%d %b}" for day in days],
            y=[spend.dollars for spend in days.values()],
            marker={"color": CANDIDATE},
            hovertext=[
                f"{figures.dollars(spend.dollars)}, {figures.count(spend.tokens)} tokens" for spend in days.values()
            ],
            hoverinfo="text",
        )
    )
    figure.update_yaxes(tickprefix="$", rangemode="tozero")
    return figure
