"""The report as a page."""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from core.candidate import Verdict
from core.measurement import Speedup
from core.problem import Objective
from core.queue import Hint
from core.run import Record, RunStatus
from tests.fakes.records import (
    FOUND,
    HOSTILE,
    SUSPICIOUS,
    WORKLOADS,
    a_candidate,
    a_hostile_record,
    a_judge_record,
    a_minimised_record,
    a_problem,
    a_record,
    a_run,
    a_successful_record,
)
from worker.report.html import render

VOID = {"meta", "input", "br"}
SHAPES = {
    "success": a_successful_record(workloads=WORKLOADS),
    "instructions": a_successful_record(objective=Objective.INSTRUCTIONS),
    "memory": a_successful_record(objective=Objective.MEMORY),
    "hostile": a_hostile_record(),
    "nothing found": a_record(a_candidate(1, Verdict.NOT_FASTER, speedup=Speedup(estimate=1, low=0.9, high=1.1))),
    "unbounded": a_record(a_candidate(1, Verdict.NOT_FASTER, speedup=Speedup(estimate=1, low=0, high=float("inf")))),
    "failed": a_record(run=a_run(a_problem(), status=RunStatus.FAILED, error="setup failed")),
    "cancelled": a_record(run=a_run(a_problem(), status=RunStatus.CANCELLED)),
    "queued": Record(run=a_run(a_problem(), status=RunStatus.QUEUED)),
    "judged": a_judge_record(Verdict.TESTS_FAILED, reason="test_a fails"),
    "judged well": a_judge_record(Verdict.CONFIRMED, speedup=FOUND),
}


@dataclass
class Page(HTMLParser):
    """The tags, attributes and words of a page; refuses tags that do not match."""

    tags: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"script", "style"}:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))


def _page(record: Record) -> Page:
    page = Page()
    page.feed(render(record))
    page.close()
    assert page.open == []
    return page


@pytest.mark.parametrize("shape", SHAPES)
def test_the_page_asks_for_nothing_from_anywhere(shape: str) -> None:
    page = _page(SHAPES[shape])

    assert not set(page.tags) & {
        "img",
        "iframe",
        "link",
        "object",
        "embed",
        "base",
        "form",
        "image",
        "use",
        "audio",
        "video",
    }
    assert [
        value for name, value in page.attributes if name in {"src", "srcset", "action", "data", "poster", "xlink:href"}
    ] == []
    assert all(value.startswith("#") for name, value in page.attributes if name == "href")
    style = render(SHAPES[shape]).partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style


@pytest.mark.parametrize("shape", SHAPES)
def test_the_only_script_is_our_own(shape: str) -> None:
    page = _page(SHAPES[shape])

    assert page.tags.count("script") == 1
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    policy = next(value for name, value in page.attributes if name == "content" and "default-src" in value)
    assert policy.startswith("default-src 'none';")
    assert "script-src 'sha256-" in policy


@pytest.mark.parametrize("shape", SHAPES)
def test_no_hidden_character_reaches_the_page(shape: str) -> None:
    html = render(SHAPES[shape])

    html.encode("utf-8")
    assert {character for character in html if not (character.isprintable() or character in "\n\t")} == set()


def test_hostile_text_is_shown_as_text_and_cut() -> None:
    html = render(a_hostile_record())
    text = _page(a_hostile_record()).text

    assert "{{ 7 * 7 }}" in text
    assert "</script><script src=https://evil.example/x.js>" in text
    assert "⟨U+202E⟩gnp.exe" in text
    assert HOSTILE not in html
    assert len(html) < 500_000


def test_the_headline_stands_at_the_top_in_plain_words() -> None:
    text = _page(a_successful_record()).text

    assert "2.31× faster between 2.25× and 2.38× (99 % interval from 15 fresh pairs)" in text


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ("nothing found", "Nothing faster found one candidate was tried and none held up"),
        ("failed", "Failed setup failed"),
        ("cancelled", "Interrupted after 0 candidates"),
        ("judged", "Tests failed test_a fails"),
    ],
)
def test_a_run_without_a_patch_is_honest_about_it(shape: str, words: str) -> None:
    assert words in _page(SHAPES[shape]).text


def test_every_candidate_is_there_with_its_verdict_reason_and_cost() -> None:
    record = a_successful_record()
    page = _page(record)

    for candidate in record.candidates[1:]:
        assert ("id", f"candidate-{candidate.number}") in page.attributes
        assert candidate.final
        assert candidate.final.reason in page.text
        assert str(candidate.verdict) in page.text
    assert "211 passed in 3.41s" in page.text
    assert "5,312 tokens" in page.text


def test_what_minimising_left_out_stands_below_the_patch_and_at_the_candidate() -> None:
    text = _page(a_minimised_record()).text
    words = "1 line of other changes (src/tally/core.py: line 3), formatting (src/tally/core.py: line 7)"

    assert f"since it did not contribute: {words}." in text
    assert text.count(words) == len(["below the patch", "at the candidate"])


def test_the_request_the_budget_the_noise_and_the_guards_are_there() -> None:
    text = _page(SHAPES["success"]).text

    for words in (
        *WORKLOADS,
        "pytest -q",
        "src/**/*.py",
        "bubblewrap",
        "seed 7",
        "1.003× (0.981× – 1.024×)",
        "up to 1.25×",
        "$1.00",
    ):
        assert words in text


def test_what_people_said_to_the_search_is_there() -> None:
    hint = Hint(number=1, at=datetime(2026, 11, 21, 15, tzinfo=UTC), author="ada", text="try <b>a set</b>")
    assert "try <b>a set</b> ada, 2026-11-21 15:00 UTC" in _page(replace(a_successful_record(), hints=(hint,))).text


def test_all_samples_of_the_confirmation_are_drawn_for_each_workload() -> None:
    text = _page(SHAPES["success"]).text.partition("The noise of this machine")[0]

    assert len(re.findall(r"candidate, pair 15: \d+ ms", text)) == 2
    assert len(re.findall(r"pair 15: \d\.\d\d×, (original|candidate) first", text)) == 2


def test_profiles_before_and_after_are_drawn() -> None:
    page = _page(a_successful_record())

    assert [value for name, value in page.attributes if name == "aria-label" and value.startswith("Flame graph")] == [
        "Flame graph before; the table below says the same in words",
        "Flame graph after; the table below says the same in words",
    ]


def test_places_worth_a_second_look_are_listed_and_others_make_no_section() -> None:
    suspicious = _page(a_record(a_candidate(1, Verdict.CONFIRMED, speedup=FOUND, patch=SUSPICIOUS))).text
    assert "Worth a second look" in suspicious
    for words in ("src/tally/core.py:12", "early end", "the process may end before its work is done"):
        assert words in suspicious
    assert "Worth a second look" not in _page(a_record(a_candidate(1, Verdict.CONFIRMED, speedup=FOUND))).text
