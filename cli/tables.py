"""Runs and candidates as a terminal shows them. Whatever a repository or a model wrote is shown, never obeyed."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from core import figures
from core.candidate import Candidate
from core.problem import title_of
from core.run import Record, RunSummary
from core.suspicions import suspicions
from worker.report.evidence import spent
from worker.report.headline import Tone, name_of, outcome, subject, tone_of
from worker.report.minimised import left_out_in_words
from worker.report.plain import one_line, printed, visible

STYLES = {Tone.GOOD: "bold green", Tone.HOPEFUL: "blue", Tone.NEUTRAL: "", Tone.BAD: "yellow"}
"""How each tone looks; red and green are never told apart by colour alone, since each has its sign."""

MOST_PLACES = 5
"""How many suspicious places of a patch a terminal names."""


def print_runs(runs: Iterable[RunSummary], console: Console | None = None) -> None:
    """Print one line for each run, in the order given."""
    shown = list(runs)
    (console or Console()).print(_runs_table(shown) if shown else Text("no runs yet"))


def print_record(record: Record, *, report: Path, console: Console | None = None) -> None:
    """Print one run: its headline, its candidates, the patch it is about, and where its report is."""
    candidate = subject(record)
    parts = _overview(record)
    if candidate and candidate.proposal.patch:
        parts += [Text(), _coloured(candidate.proposal.patch)]
    if report.is_file():
        parts += [Text(), Text(f"report: {report}")]
    (console or Console()).print(Group(*parts))


def print_outcome(record: Record, *, patch: Path | None, report: Path) -> None:
    """Print what came of a run to standard error, and the confirmed patch to standard output, whole and as it is."""
    if record.winner:
        _write_patch(record.winner.proposal.patch)
    parts = [Text(), *_overview(record), Text()]
    parts += [Text(f"patch:  {patch}")] if patch else []
    Console(stderr=True).print(Group(*parts, Text(f"report: {report}")), soft_wrap=False)


def _write_patch(patch: str) -> None:
    """A terminal gets colours and visible characters; a file or a pipe what git applies."""
    if sys.stdout.isatty():
        Console().print(_coloured(patch))
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(patch.encode("utf-8", "surrogateescape"))
    sys.stdout.buffer.flush()


def _runs_table(runs: Sequence[RunSummary]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False, expand=True)
    for heading in ("run", "kind", "status"):
        table.add_column(heading, no_wrap=True)
    table.add_column("repository", ratio=1, no_wrap=True, overflow="ellipsis")
    table.add_column("started", no_wrap=True)
    table.add_column("tried", justify="right")
    table.add_column("speedup", no_wrap=True)
    for run in runs:
        started = run.created_at.astimezone().strftime("%m-%d %H:%M")
        speedup = Text(figures.speedup(run.speedup), style=STYLES[Tone.GOOD]) if run.speedup else Text("–")
        cells = (run.id, run.kind, run.status, one_line(title_of(run.repository)), started, str(run.candidates))
        table.add_row(*map(Text, cells), speedup)
    return table


def _overview(record: Record) -> list[RenderableType]:
    headline, run = outcome(record), record.run
    title = Text(f"{headline.tone.sign} {headline.title}", style=f"bold {STYLES[headline.tone]}".strip())
    place = f"{one_line(run.problem.title)} @ {run.problem.revision[:12]}"
    about = Text(f"{run.id} · {run.kind} · {run.status} · {place} · {spent(record.spend)}", style="dim")
    tried = [candidate for candidate in record.candidates if candidate.parent is not None]
    table = candidates_table(tried) if tried else Text("no candidates")
    return [
        title,
        Text(printed(headline.sentence)),
        about,
        Text(),
        table,
        *map(Text, _left_out(record)),
        *_look_at(record),
    ]


def _left_out(record: Record) -> Iterator[str]:
    """A line for each minimised candidate on what it lacks of its parent."""
    for candidate in record.candidates:
        words = left_out_in_words(record, candidate)
        if words:
            yield f"candidate {candidate.number} leaves out of {candidate.parent}: {one_line(words, longest=400)}"


def _look_at(record: Record) -> list[RenderableType]:
    """One line with what in the patch deserves a second look; nothing where there is nothing of the kind."""
    candidate = subject(record)
    found = suspicions(candidate.proposal.patch) if candidate else ()
    if not found:
        return []
    places = [f"{one_line(each.path)}:{each.line} ({each.construct})" for each in found]
    shown = ", ".join(places[:MOST_PLACES])
    more = f" and {len(places) - MOST_PLACES} more places, in the report" if len(places) > MOST_PLACES else ""
    return [Text(), Text(f"look at: {shown}{more}", style="yellow")]


def candidates_table(candidates: Sequence[Candidate]) -> Table:
    """One line for each candidate with its verdict in words, sign and colour."""
    table = Table(box=None, header_style="dim", pad_edge=False, expand=True)
    table.add_column("#", justify="right")
    table.add_column("change", ratio=1, no_wrap=True, overflow="ellipsis")
    table.add_column("by", no_wrap=True, max_width=24, overflow="ellipsis")
    table.add_column("verdict", no_wrap=True)
    table.add_column("speedup", no_wrap=True)
    for candidate in candidates:
        table.add_row(*_cells(candidate))
    return table


def _cells(candidate: Candidate) -> tuple[Text, ...]:
    tone = tone_of(candidate.verdict)
    change = name_of(candidate) if candidate.parent is None else one_line(candidate.proposal.direction) or "–"
    return (
        Text(str(candidate.number)),
        Text(change),
        Text(one_line(candidate.proposal.proposer, longest=60)),
        Text(f"{tone.sign} {candidate.verdict or 'open'}", style=STYLES[tone]),
        Text(figures.speedup(candidate.speedup) if candidate.speedup else "–"),
    )


def _coloured(patch: str) -> Syntax:
    return Syntax(visible(patch), "diff", theme="ansi_dark", background_color="default", word_wrap=True)
