"""The questions as text: fills the slots of the files in agent/prompts with what the brief says, within a size.

Whatever comes from the repository or from running it stands between <data> lines, behind a fence that it can't close.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from string import Template

from agent.proposers.desk import Message
from agent.proposers.excerpts import excerpts
from agent.proposers.lessons import lessons
from core.problem import Objective, describe_workloads
from core.profile import Hotspot
from core.proposing import Brief

_LESSONS_SHARE = 0.25
"""Of the prompt, for what earlier candidates taught."""
_HOTSPOTS_SHOWN = 15
_LINES_SHOWN = 15
_SHORTEST_FENCE = 3
_OBJECTIVES = {
    Objective.WALL: "wall time",
    Objective.CPU: "CPU time",
    Objective.MEMORY: "peak memory",
    Objective.INSTRUCTIONS: "number of instructions executed",
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
        "profile": _section("Profile", _profile(brief, characters // 6)),
        "lessons": _section("Earlier candidates", lessons(brief, characters=int(characters * _LESSONS_SHARE))),
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


def _section(title: str, text: str, intro: str = "") -> str:
    """A heading and, as data, `text`; nothing for no text."""
    if not text:
        return ""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(_SHORTEST_FENCE, longest + 1)
    guarded = re.sub(r"<(/?)data>", r"<\1 data>", text)
    return f"## {title}\n{intro}<data>\n{fence}\n{guarded.rstrip()}\n{fence}\n</data>\n"


def _profile(brief: Brief, characters: int) -> str:
    """Hotspots and hot lines of every profile as tables."""
    tables = []
    for profile in brief.profiles:
        rows = [_hotspot_row(hotspot) for hotspot in profile.hotspots[:_HOTSPOTS_SHOWN]]
        tables.append(f"{profile.profiler}: own share, share with callees, calls, function\n" + "\n".join(rows))
        costs = sorted(profile.lines, key=lambda cost: -cost.share)[:_LINES_SHOWN]
        texts = {path: text.split("\n") for path, text in brief.sources.items() if any(c.path == path for c in costs)}
        lines = [
            f"{c.share:6.1%} {c.hits:>10} hits  {c.path}:{c.line}  {_line(texts.get(c.path, []), c.line)}"
            for c in costs
        ]
        if lines:
            tables.append("hottest lines: share, hits, line\n" + "\n".join(lines))
    return _clipped("\n\n".join(tables), characters)


def _hotspot_row(hotspot: Hotspot) -> str:
    calls = "-" if hotspot.calls is None else str(hotspot.calls)
    callers = f"  called by {', '.join(hotspot.callers[:3])}" if hotspot.callers else ""
    where = f"{hotspot.path}:{hotspot.line} {hotspot.function}"
    return f"{hotspot.own_share:6.1%} {hotspot.total_share:6.1%} {calls:>9}  {where}{callers}"


def _line(lines: Sequence[str], number: int) -> str:
    return lines[number - 1].strip()[:120] if 0 < number <= len(lines) else ""


def _clipped(text: str, characters: int) -> str:
    return text if len(text) <= characters else text[: max(0, characters - 4)] + " ..."
