"""How a verdict and a status look: a sign and a word beside each colour, so that nobody needs the colour.

The colours are those of Okabe and Ito (*Color Universal Design*, 2008), which people of every colour vision tell apart.
"""

from dataclasses import dataclass

from core.candidate import Verdict
from core.run import RunStatus
from worker.report.headline import Tone, tone_of

_COLOURS = {Tone.GOOD: "#009e73", Tone.HOPEFUL: "#0072b2", Tone.NEUTRAL: "#8a939c", Tone.BAD: "#d55e00"}
_SHAPES = {Tone.GOOD: "star", Tone.HOPEFUL: "circle", Tone.NEUTRAL: "circle-open", Tone.BAD: "x"}
_BADGES = {Tone.GOOD: "green", Tone.HOPEFUL: "blue", Tone.NEUTRAL: "gray", Tone.BAD: "red"}
ORIGINAL, CANDIDATE, OPEN = "#8a939c", "#0072b2", "#e69f00"
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_STATUS = {
    RunStatus.QUEUED: ("…", "gray"),
    RunStatus.RUNNING: ("▶", "orange"),
    RunStatus.FINISHED: ("✓", "green"),
    RunStatus.FAILED: ("✕", "red"),
    RunStatus.CANCELLED: ("■", "gray"),
}


@dataclass(frozen=True, kw_only=True)
class Look:
    """How one verdict is shown."""

    words: str
    """Its sign and its word."""
    colour: str
    shape: str
    badge: str
    """Streamlit's name of the colour."""


def look_of(verdict: Verdict | None) -> Look:
    """The look of a verdict; None is still open."""
    if verdict is None:
        return Look(words="◌ being evaluated", colour=OPEN, shape="diamond-open", badge="orange")
    tone = tone_of(verdict)
    return Look(words=f"{tone.sign} {verdict}", colour=_COLOURS[tone], shape=_SHAPES[tone], badge=_BADGES[tone])


def status_words(status: RunStatus) -> str:
    """A status with its sign."""
    return f"{_STATUS[status][0]} {status}"


def status_badge(status: RunStatus) -> str:
    """A status as a badge in Markdown."""
    sign, colour = _STATUS[status]
    return f":{colour}-badge[{sign} {status}]"
