"""What is refused before anything of a patch is run."""

from collections.abc import Callable

import pytest

from agent.admission import admit
from core import patch as patches
from core.candidate import Proposal, Verdict
from tests.agent.conftest import SOURCES, Lab, edit


def proposal(patch: str) -> Proposal:
    return Proposal(patch=patch, rationale="", direction="", proposer="somebody")


def making(path: str, text: str = "x = 1\n") -> str:
    return patches.diff({}, {path: text})


def test_an_honest_patch_is_let_in_with_the_texts_that_it_makes(lab: Callable[..., Lab]) -> None:
    refused, texts = admit(proposal(edit(("cost = 1.0", "cost = 0.5"))), lab().search.bench)
    assert refused is None
    assert texts == {"code.py": SOURCES["code.py"].replace("cost = 1.0", "cost = 0.5")}


@pytest.mark.parametrize(
    ("patch", "verdict", "reason"),
    [
        (making("notes.txt"), Verdict.FORBIDDEN_EDIT, "notes.txt may not be edited; editable: *.py"),
        (making("conftest.py"), Verdict.FORBIDDEN_EDIT, "runs files of this name unasked"),
        (making("Code.py"), Verdict.FORBIDDEN_EDIT, "the same as code.py but for case"),
        (making("../code.py"), Verdict.FORBIDDEN_EDIT, "no plain way down"),
        (making("code/__init__.py"), Verdict.FORBIDDEN_EDIT, "in place of code"),
        (edit(("cost", "# \u202e\ncost")), Verdict.FORBIDDEN_EDIT, "code.py hides something: line 1 has the character U+202E"),
        ("old mode 100644\n", Verdict.INVALID_PATCH, "changes no file"),
        ("diff --git a/code.py b/code.py\nold mode 100644\nnew mode 100755\n", Verdict.INVALID_PATCH, "plain files"),
        (edit(("cost", "c\ud800ost")), Verdict.INVALID_PATCH, "surrogates not allowed"),
    ],
)  # fmt: skip
def test_a_patch_that_reaches_for_more_is_refused_and_nothing_is_run(
    lab: Callable[..., Lab], patch: str, verdict: Verdict, reason: str
) -> None:
    bench = lab().search.bench
    refused, texts = admit(proposal(patch), bench)
    assert refused is not None
    assert (refused.verdict, dict(texts)) == (verdict, {})
    assert reason in refused.reason


def test_the_words_of_a_proposer_without_a_patch_are_its_reason(lab: Callable[..., Lab]) -> None:
    refused, _ = admit(
        Proposal(patch="", rationale="", direction="", proposer="x", problem="no idea"), lab().search.bench
    )
    assert refused is not None
    assert (refused.verdict, refused.reason) == (Verdict.INVALID_PATCH, "no idea")
