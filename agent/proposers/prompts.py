"""The questions as text: fills the slots of the files in agent/prompts with what the brief says, within a size.

Whatever comes from the repository or from running it stands between <data> lines, behind a fence that it can't close.
"""

import re
import sys
from collections.abc import Sequence
from functools import cache
from importlib import resources
from string import Template

from agent.proposers.desk import Message
from agent.proposers.excerpts import excerpts
from agent.proposers.headroom import headroom
from agent.proposers.lessons import lessons
from agent.proposers.tables import tables
from core.problem import Objective, describe_workloads
from core.proposing import Brief

_LESSONS_SHARE = 0.25
"""Of the prompt, for what earlier candidates taught."""
_SHORTEST_FENCE = 3
_OBJECTIVES = {
    Objective.WALL: "wall time",
    Objective.CPU: "CPU time",
    Objective.MEMORY: "peak memory",
    Objective.INSTRUCTIONS: "number of instructions executed",
    Objective.REPORTED: "cost that the workload prints in its last line",
}


def opening(text: str) -> tuple[Message, ...]:
    """A conversation that begins with `text`."""
    return Message(role="system", content=_file("system")), Message(role="user", content=text)


def directions(brief: Brief, *, count: int, used: Sequence[str], characters: int) -> str:
    """Asks for `count` directions other than `used`."""
    said = "\nThese directions are used up: " + "; ".join(filter(None, used)) if any(used) else ""
    return _filled("directions", brief, characters, {"count": str(count), "used": said})


def edit(brief: Brief, *, direction: str, schema: bool, characters: int) -> str:
    """Asks for one edit in `direction`."""
    return _filled("edit", brief, characters, {"direction": direction, "format": _file("json" if schema else "blocks")})


def repair(error: str) -> str:
    """Asks for the same edit without `error`."""
    return Template(_file("repair")).substitute(error=error)


@cache
def _file(name: str) -> str:
    return (resources.files("agent") / "prompts" / f"{name}.txt").read_text(encoding="utf-8").strip()


def _filled(name: str, brief: Brief, characters: int, slots: dict[str, str]) -> str:
    """The prompt in file `name`; the code gets what room the rest leaves of `characters`."""
    problem = brief.problem
    slots = {
        **slots,
        "objective": _OBJECTIVES[problem.objective],
        "workloads": _clipped(describe_workloads(problem.workloads), characters // 20),
        "editable": _clipped(", ".join(problem.editable), characters // 20),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "profile": _section("Profile", _clipped(tables(brief), characters // 6), headroom(brief)),
        "lessons": _section("Earlier candidates", lessons(brief, characters=int(characters * _LESSONS_SHARE))),
        "hints": _hints(brief),
    }
    template = Template(_file(name))
    intro = _parent(brief)
    frame = len(_section("Code", ".", intro))
    room = characters - len(_file("system")) - len(template.substitute(slots, code="")) - frame
    return template.substitute(slots, code=_section("Code", excerpts(brief, characters=room), intro))


def _parent(brief: Brief) -> str:
    if brief.parent.number == 0:
        return ""
    return f"The changes of candidate {brief.parent.number} are already in this code; build on them.\n"


def _hints(brief: Brief) -> str:
    """What people said, outside of the data: it is meant to be followed, but by no way around the rules."""
    if not brief.hints:
        return ""
    said = "\n".join(f"- {' '.join(_unguarded(hint.text).split())}" for hint in brief.hints)
    return f"## Hints\nPeople who watch this search say, the oldest first. Heed it as far as the rules allow:\n{said}\n"


def _section(title: str, text: str, intro: str = "") -> str:
    """A heading and, as data, `text`; nothing for no text."""
    if not text:
        return ""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(_SHORTEST_FENCE, longest + 1)
    return f"## {title}\n{intro}<data>\n{fence}\n{_unguarded(text).rstrip()}\n{fence}\n</data>\n"


def _unguarded(text: str) -> str:
    """`text` without the marks that part data from what is to be done."""
    return re.sub(r"<(/?)data>", r"<\1 data>", text)


def _clipped(text: str, characters: int) -> str:
    return text if len(text) <= characters else text[: max(0, characters - 4)] + " ..."
