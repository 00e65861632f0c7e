"""What `perfsmith doctor` found, as a terminal shows it and as a machine reads it."""

from collections.abc import Iterator

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from core.health import Finding, Health
from worker.doctor import Checkup, Section
from worker.report.plain import one_line

FORMAT = 1
"""Of the object for machines; the first."""
_LOOKS = {Health.GOOD: ("✓", "green"), Health.LIMITED: ("!", "yellow"), Health.MISSING: ("✕", "bold red")}
"""Sign and colour of each word."""
_SUBJECT_WIDTH = 20
_LONGEST = 600


def print_checkup(checkup: Checkup, console: Console | None = None) -> None:
    """Print all findings by section and, last, whether a run is possible."""
    console = console or Console()
    for section in checkup.sections:
        console.print(Group(Text(_safe(section.title), style="bold"), _table(section), Text()))
    console.print(Group(*_conclusion(checkup)))


def checkup_object(checkup: Checkup) -> dict[str, object]:
    """The findings for machines: whether a run is possible, and everything that was seen."""
    findings = [_finding_object(section, each) for section in checkup.sections for each in section.findings]
    return {"format": FORMAT, "ready": checkup.is_fit, "findings": findings}


def _finding_object(section: Section, finding: Finding) -> dict[str, object]:
    texts = {"subject": finding.subject, "detail": finding.detail, "remedy": finding.remedy}
    return {
        "section": _safe(section.title),
        "health": finding.health,
        **{key: _safe(text) for key, text in texts.items()},
    }


def _table(section: Section) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(no_wrap=True, width=len("  ✕ missing"))
    table.add_column(width=_SUBJECT_WIDTH)
    table.add_column(ratio=1)
    for finding in section.findings:
        sign, style = _LOOKS[finding.health]
        table.add_row(Text(f"  {sign} {finding.health}", style=style), Text(_safe(finding.subject)), _said(finding))
    return table


def _said(finding: Finding) -> Text:
    remedy = f"\n→ {_safe(finding.remedy)}" if finding.remedy else ""
    return Text.assemble(_safe(finding.detail), (remedy, "bold"))


def _conclusion(checkup: Checkup) -> Iterator[Text]:
    if checkup.is_fit:
        working = [_safe(sandbox.title) for sandbox in checkup.sandboxes if not sandbox.missing]
        yield Text(f"✓ Ready: {' and '.join(working)} can be used", style="bold green")
        return
    if all(sandbox.missing for sandbox in checkup.sandboxes):
        yield Text("✕ Not ready: no sandbox that isolates works here; one is enough", style="bold red")
    else:
        yield Text("✕ Not ready: something that every run needs is missing", style="bold red")
    ways_out = [f"{s.title}: {finding.remedy or finding.detail}" for s in checkup.obstacles for finding in s.missing]
    for way_out in dict.fromkeys(ways_out):
        yield Text(f"  {_safe(way_out)}")


def _safe(text: str) -> str:
    return one_line(text, longest=_LONGEST)
