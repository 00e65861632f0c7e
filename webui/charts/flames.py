"""Flame graphs: where a profile's cost goes, and what became more or less between two of them."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from webui.charts.sheet import sheet
from webui.showing import in_chart
from worker.report.flamegraph import Flame, Frame

_OWN, _OTHER = "#e69f00", "#9aa5b1"
_ROW = 24
_READABLE_WIDTH = 4.0
"""Percent of the width below which a frame has no room for its name."""
_DIFFERENCES = [[0.0, "#0072b2"], [0.5, "#dfe4e8"], [1.0, "#d55e00"]]
Path = tuple[str, ...]


def flames(flame: Flame) -> go.Figure:
    """One flame graph; the repository's own code stands out."""
    figure = _bars(flame, [frame.words for frame in flame.frames])
    figure.update_traces(marker={"color": [_OWN if frame.own else _OTHER for frame in flame.frames]})
    return figure


def difference(before: Flame, after: Flame) -> go.Figure:
    """The flame graph after, coloured by how much more (vermilion) or less (blue) of the whole each frame has than before."""
    old = {path: frame.width for path, frame in by_path(before.frames).items()}
    changes = [frame.width - old.get(path, 0.0) for path, frame in by_path(after.frames).items()]
    figure = _bars(
        Flame(frames=tuple(by_path(after.frames).values()), levels=after.levels, hidden=after.hidden),
        [
            f"{frame.words} ({change:+.1f} points)"
            for frame, change in zip(by_path(after.frames).values(), changes, strict=True)
        ],
    )
    most = max((abs(change) for change in changes), default=0.0) or 1.0
    figure.update_traces(
        marker={
            "color": changes,
            "colorscale": _DIFFERENCES,
            "cmin": -most,
            "cmax": most,
            "showscale": True,
            "colorbar": {"title": "points", "thickness": 12},
        }
    )
    return figure


def by_path(frames: Sequence[Frame]) -> Mapping[Path, Frame]:
    """Each frame by the names of those above it and its own; callers come before callees in `frames`."""
    above: list[tuple[Frame, Path]] = []
    found: dict[Path, Frame] = {}
    for frame in frames:
        while above and above[-1][0].level >= frame.level:
            above.pop()
        path = (*(above[-1][1] if above else ()), frame.words.rpartition(": ")[0])
        above.append((frame, path))
        found[path] = frame
    return found


def _bars(flame: Flame, words: Sequence[str]) -> go.Figure:
    figure = sheet(across="share of the whole", up="", height=60 + _ROW * flame.levels)
    figure.add_trace(
        go.Bar(
            base=[frame.left for frame in flame.frames],
            x=[frame.width for frame in flame.frames],
            y=[frame.level for frame in flame.frames],
            orientation="h",
            width=0.94,
            text=[in_chart(frame.label, longest=40) if frame.width > _READABLE_WIDTH else "" for frame in flame.frames],
            textposition="inside",
            insidetextanchor="start",
            insidetextfont={"color": "#10161d"},
            hovertext=[in_chart(each, longest=200) for each in words],
            hoverinfo="text",
        )
    )
    figure.update_layout(barmode="overlay", uniformtext={"minsize": 9, "mode": "hide"})
    figure.update_xaxes(ticksuffix=" %", range=[0, 100])
    figure.update_yaxes(autorange="reversed", visible=False)
    return figure
