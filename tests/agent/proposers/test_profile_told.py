from dataclasses import replace

import pytest

from agent.proposers.headroom import headroom
from agent.proposers.tables import tables
from core.problem import Objective, WorkloadSpec
from core.profile import Hotspot, Profile, Stack
from tests.agent.proposers.words import PATH, PROFILE, a_brief

LIBRARY = "/usr/lib/python3.11"
IMPORTER = "<frozen importlib._bootstrap>:_call_with_frames_removed"


def spot(path: str, function: str, own: float, total: float, *callers: str) -> Hotspot:
    return Hotspot(path=path, function=function, line=6, own_share=own, total_share=total, callers=callers, calls=1)


STARTING = (
    spot("<frozen importlib._bootstrap_external>", "_compile_bytecode", 0.1, 0.2, IMPORTER),
    spot("<built-in>", "marshal.loads", 0.08, 0.08, "<frozen importlib._bootstrap_external>:_compile_bytecode"),
    spot(f"{LIBRARY}/re/_parser.py", "_parse", 0.07, 0.1, f"{LIBRARY}/re/_parser.py:_parse_sub"),
    spot(f"{LIBRARY}/re/_parser.py", "_parse_sub", 0.05, 0.1, f"{LIBRARY}/re/_parser.py:_parse", f"{LIBRARY}/x.py:<module>"),
    spot(f"{LIBRARY}/x.py", "<module>", 0.0, 0.1, "<built-in>:exec"),
    spot("<built-in>", "exec", 0.0, 0.3, IMPORTER),
)  # fmt: skip
RUNNING = (
    spot(PATH, "shared", 0.3, 0.5, f"{PATH}:main"),
    spot("<built-in>", "max", 0.2, 0.2, f"{LIBRARY}/heapq.py:nlargest"),
    spot(f"{LIBRARY}/heapq.py", "nlargest", 0.0, 0.2, f"{PATH}:shared"),
    spot("bench.py", "run", 0.1, 0.6, "bench.py:<module>"),
    spot("bench.py", "<module>", 0.0, 0.7),
)
CALLS = Profile(profiler="cprofile", unit="seconds", total=1.0, hotspots=(*RUNNING, *STARTING))
SAMPLED = Profile(
    profiler="py-spy",
    unit="samples",
    total=200,
    hotspots=(spot(PATH, "shared", 0.7, 0.7),),
    stacks=(
        Stack(frames=("<module> (bench.py:1)", f"shared ({PATH}:6)", f"nlargest ({LIBRARY}/heapq.py:1)"), weight=140),
        Stack(frames=("<module> (bench.py:1)",), weight=40),
        Stack(frames=("_load (<frozen importlib._bootstrap>:1)", f"<module> ({PATH}:1)"), weight=20),
    ),
)


def told(*profiles: Profile) -> str:
    return tables(a_brief(profiles=profiles))


def test_import_machinery_and_what_works_for_it_are_one_row() -> None:
    text = told(CALLS)
    assert " 30.0%  import and start-up, about; not editable" in text
    for name in ("_compile_bytecode", "marshal", "_parse", "x.py", "exec"):
        assert name not in text
    for name in ("shared", "max", "nlargest", "bench.py:6 run"):
        assert name in text


def test_regular_expressions_that_our_code_compiles_keep_their_rows() -> None:
    ours = spot(f"{LIBRARY}/re/_parser.py", "_parse", 0.3, 0.4, f"{PATH}:shared")
    text = told(replace(CALLS, hotspots=(ours, *RUNNING)))
    assert "_parse" in text
    assert "start-up" not in text


def test_a_few_samples_are_not_shown_beside_another_profile() -> None:
    few = replace(SAMPLED, total=30)
    assert "py-spy" not in told(CALLS, few)
    assert "py-spy" in told(CALLS, SAMPLED)
    assert "py-spy" in told(few)


def test_a_table_without_rows_has_no_heading() -> None:
    assert told(replace(PROFILE, hotspots=())).startswith("hottest lines")
    assert told(replace(PROFILE, hotspots=(), lines=())) == ""


def test_stacks_say_how_much_edits_can_gain() -> None:
    said = headroom(a_brief(profiles=(CALLS, SAMPLED)))
    assert (
        said
        == "At most about 3.33× over the code as it is now is possible by edits to these files: 70% of the time is spent in or under them.\n"
    )


def test_without_stacks_the_outermost_editable_functions_bound_the_gain() -> None:
    spots = (
        spot(PATH, "shared", 0.3, 0.4, f"{PATH}:other", "bench.py:run"),
        spot(PATH, "inner", 0.1, 0.1, f"{PATH}:shared"),
        spot(PATH, "key", 0.1, 0.1, "<built-in>:sorted"),
        spot("<built-in>", "sorted", 0.1, 0.1, f"{PATH}:shared"),
        spot(PATH, "other", 0.1, 0.2, "bench.py:run"),
        spot(PATH, "<module>", 0.0, 0.2, "<built-in>:exec"),
        *STARTING,
    )
    assert "2.50×" in headroom(a_brief(profiles=(replace(CALLS, hotspots=spots),)))


@pytest.mark.parametrize(
    "profile",
    [
        replace(SAMPLED, total=30),
        replace(SAMPLED, unit="bytes"),
        replace(CALLS, hotspots=(spot(PATH, "main", 0.1, 0.99, "<built-in>:exec"),)),
        replace(CALLS, hotspots=STARTING),
    ],
)
def test_nothing_is_promised_where_the_profile_does_not_tell(profile: Profile) -> None:
    assert headroom(a_brief(profiles=(profile,))) == ""


def test_nothing_is_promised_for_several_workloads() -> None:
    brief = a_brief(profiles=(SAMPLED,))
    several = replace(brief.problem, workloads=(*brief.problem.workloads, WorkloadSpec.parse("other")))
    assert headroom(replace(brief, problem=several)) == ""


def test_memory_is_bounded_by_a_profile_of_memory() -> None:
    brief = a_brief(profiles=(CALLS, replace(SAMPLED, unit="bytes")))
    brief = replace(brief, problem=replace(brief.problem, objective=Objective.MEMORY))
    assert "70% of the memory is taken in or under them" in headroom(brief)
