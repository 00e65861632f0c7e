"""The paper that all charts are drawn on: transparent, so that they fit a light page and a dark one."""

import plotly.graph_objects as go

GRID = "rgba(128, 140, 152, 0.25)"


def sheet(*, across: str, up: str, height: int = 320, legend: bool = False) -> go.Figure:
    """An empty chart with the titles of its axes."""
    figure = go.Figure()
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        showlegend=legend,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        hovermode="closest",
        dragmode="pan",
    )
    figure.update_xaxes(title=across, gridcolor=GRID, zeroline=False, automargin=True)
    figure.update_yaxes(title=up, gridcolor=GRID, zeroline=False, automargin=True)
    return figure
