"""The one comment of perfsmith on a pull request or an issue: written once, then kept up to date."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from core import figures
from core.candidate import Verdict
from core.run import RunKind, RunStatus
from worker.github.client import GitHub, NotAllowedError
from worker.github.markdown import code, fenced
from worker.result import Result

MARKER = "<!-- perfsmith -->"
"""How our comment begins; nobody sees it."""
MOST_CHARACTERS = 60_000
"""GitHub takes 65,536 in a comment."""
_MOST_PATCH = 40_000
_MOST_ITEMS = 20
_SHORT = 12
_TELLING = tuple(threading.Lock() for _ in range(64))
"""Two runs of one pull request may end at the same moment, and neither see the other's first comment. One lock for all would let
a slow repository keep all others waiting.
"""


@dataclass(frozen=True, kw_only=True)
class Story:
    """What there is to tell of one run: its result, and words of our own about how it came about."""

    task: str
    commit: str
    """That it was done for; empty where none was found."""
    result: Result | None
    """None where there was no run."""
    refusal: str = ""
    """Why not."""
    left_out: Sequence[str] = ()
    """Paths that the pull request changes and no verdict is about."""
    notes: Sequence[str] = ()
    link: str = ""
    """To where the report is."""


def body_of(story: Story) -> str:
    """The comment, and the summary of a job. Whatever others wrote in it is inert."""
    at = f" at {code(story.commit[:_SHORT])}" if story.commit else ""
    parts = [f"{MARKER}\n### perfsmith: {title_of(story.result)}", f"Asked for: {code(story.task)}{at}"]
    parts += _told(story.result) if story.result else [code(story.refusal, longest=2000)]
    if story.left_out:
        parts.append(f"Changed, but not judged (not editable): {_list(story.left_out)}")
    parts += [f"Note: {note}" for note in story.notes]
    if story.link:
        parts.append(f"[Report, record and patch]({story.link})")
    return "\n\n".join(parts)[:MOST_CHARACTERS]


def title_of(result: Result | None) -> str:
    """The outcome in a few words, all of them our own."""
    if result is None:
        return "nothing was run"
    if result.status is not RunStatus.FINISHED:
        return str(result.status)
    if result.is_faster and result.speedup:
        return f"✓ {figures.times(result.speedup.estimate)} {figures.gain(result.objective)}"
    if result.kind is RunKind.OPTIMIZE:
        return "nothing faster found"
    return "✕ slower" if result.is_slower else str(result.verdict or Verdict.NOT_FASTER)


def _told(result: Result) -> list[str]:
    speedup = figures.speedup(result.speedup) if result.speedup else "–"
    cells = (
        ("verdict", str(result.verdict or "–")),
        ("speedup", speedup),
        ("reason", code(result.error or result.reason)),
        ("candidates tried", str(result.candidates)),
        (
            "spent",
            f"{figures.count(result.tokens)} tokens, {figures.dollars(result.dollars)}, {figures.seconds(result.seconds)}",
        ),
        ("run", code(result.run_id)),
    )
    table = "| | |\n| --- | --- |\n" + "\n".join(f"| {name} | {value} |" for name, value in cells)
    parts = [table]
    if result.look_at:
        parts.append(f"Look at: {_list(result.look_at)}")
    if result.patch:
        parts.append(_patch(result.patch))
    return parts


def _patch(patch: str) -> str:
    if len(patch) > _MOST_PATCH:
        return f"The patch has {len(patch):,d} characters; it is among the files of the report."
    return f"<details><summary>The patch</summary>\n\n{fenced(patch, 'diff')}\n\n</details>"


def _list(items: Sequence[str]) -> str:
    more = f" and {len(items) - _MOST_ITEMS} more" if len(items) > _MOST_ITEMS else ""
    return ", ".join(map(code, items[:_MOST_ITEMS])) + more


def tell(github: GitHub, issue: int, body: str) -> str:
    """Write `body` in place of what we told there before, or as a new comment; its address.

    A comment of anybody else is never touched, whatever it begins with.
    """
    with _TELLING[hash((github.repository, issue)) % len(_TELLING)]:
        me = github.me()
        mine = (each for each in github.comments(issue) if each.author == me and each.body.startswith(MARKER))
        ours = next(mine, None)
        try:
            return github.change_comment(ours.number, body) if ours else github.add_comment(issue, body)
        except NotAllowedError as error:
            if ours is None or error.status != HTTPStatus.NOT_FOUND:
                raise
            return github.add_comment(issue, body)  # somebody has deleted it just now
