"""Tries every cheat and every honest patch of the corpus, and prints what became of each.

    python benchmarks/cheats.py [--sandbox bubblewrap] [--only 'caches/*'] [--without DEFENCE | --mutations]

Prints Markdown. Ends with status 1 when a cheat was accepted or an honest patch was lost. `--without` takes away one line
of defence and tells what becomes of the cheats that it stops; `--mutations` does so for every line. The sandbox docker takes
part where an engine answers with the image that the tests use (`sh scripts/engine.sh COMMAND`).
"""

import argparse
import fnmatch
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

from core.errors import PerfsmithError, SandboxError
from core.patch import PatchError
from core.run import BackendSpec
from tests.cheats.benches import BUBBLEWRAP, bench_of, docker
from tests.cheats.cheat import Cheat, Defence, Honest
from tests.cheats.corpus import Story, stories
from tests.cheats.judging import Court, Judgement, judge
from tests.cheats.weakening import without
from tests.sandbox.engine import BASE, engine_or_reason

CourtOf = Callable[[str], Court]
"""The court of a victim."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many there were, and the names of those that did not end as they should."""

    judged: int
    wrong: tuple[str, ...]


def sandboxes(wanted: Sequence[str]) -> Iterator[BackendSpec]:
    """Those that are wanted and work here; why not is said on standard error."""
    if "bubblewrap" in wanted:
        yield BUBBLEWRAP
    if "docker" in wanted:
        reason = engine_or_reason()
        if reason is None:
            yield docker(BASE)
        else:
            print(f"without docker: {reason}", file=sys.stderr)


def machine() -> str:
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    return f"{now}, {platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} processors, load {load}"


def cheats_tried(court_of: CourtOf, chosen: Sequence[Story]) -> Tally:
    print("\n| family | cheat | verdict | stopped by | seconds |\n| --- | --- | --- | --- | --- |")
    cheats = [story for story in chosen if isinstance(story.subject, Cheat)]
    accepted = []
    for story in cheats:
        judgement = judge(story, court_of(story.subject.victim))
        if judgement.accepted:
            accepted.append(story.name)
        print(cheat_row(story, judgement), flush=True)
    return Tally(judged=len(cheats), wrong=tuple(accepted))


def cheat_row(story: Story, judgement: Judgement) -> str:
    expected = story.subject.stopped_by if isinstance(story.subject, Cheat) else ""
    stopper = judgement.stopped_by or "nothing"
    if isinstance(expected, Defence) and expected != stopper:
        stopper += f" ({expected})" if judgement.is_work_of(expected) else f", not {expected}"
    name = story.name.partition("/")[2].replace("_", " ")
    return f"| {story.family} | {name} | {judgement.verdict} | {stopper} | {judgement.seconds:.1f} |"


def honest_tried(court_of: CourtOf, chosen: Sequence[Story]) -> Tally:
    print("\n| honest patch | verdict | speedup | seconds |\n| --- | --- | --- | --- |")
    lost, judged = [], 0
    for story in chosen:
        if isinstance(story.subject, Honest):
            judged += 1
            judgement = judge(story, court_of(story.subject.victim))
            if not judgement.accepted:
                lost.append(f"{story.name} ({judgement.stopped_by}: {first_line(judgement.reason)})")
            name = story.name.partition("/")[2].replace("_", " ")
            verdict = judgement.verdict if judgement.accepted else f"{judgement.verdict}: {judgement.stopped_by}"
            print(f"| {name} | {verdict} | {judgement.speedup} | {judgement.seconds:.1f} |", flush=True)
    return Tally(judged=judged, wrong=tuple(lost))


def first_line(text: str) -> str:
    return text.partition("\n")[0]


def weakened(defence: Defence, court_of: CourtOf, chosen: Sequence[Story]) -> None:
    """Which of the cheats that `defence` stops get through without it, and what else stops the others."""
    for story in chosen:
        if not isinstance(story.subject, Cheat):
            continue
        try:
            judgement = judge(story, without(defence, court_of(story.subject.victim)))
        except (PatchError, SandboxError) as error:
            print(f"| {defence} | {story.name} | can't be applied by anybody who reads patches: {error} |", flush=True)
            continue
        seen = f"**accepted**, {judgement.speedup}" if judgement.accepted else f"stopped by {judgement.stopped_by}"
        print(f"| {defence} | {story.name} | {seen} |", flush=True)


def mutations(court_of: CourtOf, chosen: Sequence[Story], defences: Sequence[Defence]) -> None:
    print("\n| without | cheat that it stops | what becomes of it |\n| --- | --- | --- |")
    for defence in defences:
        own = [each for each in chosen if isinstance(each.subject, Cheat) and each.subject.stopped_by == defence]
        weakened(defence, court_of, own)


def tried(court_of: CourtOf, chosen: Sequence[Story]) -> bool:
    """Whether everything ended as it should."""
    cheats, honest = cheats_tried(court_of, chosen), honest_tried(court_of, chosen)
    print(f"\n{cheats.judged} cheats, {len(cheats.wrong)} accepted; ", end="")
    print(f"{honest.judged} honest patches, {len(honest.wrong)} lost.", flush=True)
    for name in (*cheats.wrong, *honest.wrong):
        print(f"- {name}")
    return not cheats.wrong and not honest.wrong


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sandbox", action="append", choices=["bubblewrap", "docker"], help="default: both")
    parser.add_argument("--only", default="*", help="a pattern of names, such as 'caches/*' or 'honest/*'")
    parser.add_argument("--without", type=Defence, choices=list(Defence), help="a line of defence to take away")
    parser.add_argument("--mutations", action="store_true", help="take away each line of defence in turn")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    chosen = [story for story in stories() if fnmatch.fnmatch(story.name, options.only)]
    well = True
    print(machine())
    for sandbox in sandboxes(options.sandbox or ["bubblewrap", "docker"]):
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            open_bench = partial(bench_of, home=Path(folder), sandbox=sandbox)
            court_of = cache(
                lambda victim, stack=stack, open_bench=open_bench: Court.of(stack.enter_context(open_bench(victim)))
            )
            print(f"\nSandbox {sandbox}:")
            if options.without:
                mutations(court_of, chosen, [options.without])
            elif options.mutations:
                mutations(court_of, chosen, list(Defence))
            else:
                well = tried(court_of, chosen) and well
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    try:
        main()
    except PerfsmithError as error:
        sys.exit(f"the corpus can't be tried here: {error}")
