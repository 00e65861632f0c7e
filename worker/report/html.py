"""The report: one HTML file about one run, to be read, printed, mailed and kept.

It asks for nothing from anywhere and needs no script. Everything that a repository or a model wrote reaches the page
through one door, `_shown`, and is escaped after it; the page's own policy forbids any other script or source besides.
"""

import base64
import hashlib
from importlib import metadata
from pathlib import Path

import jinja2
from markupsafe import Markup

from core import figures
from core.run import Record
from core.suspicions import suspicions
from worker.report import evidence
from worker.report.headline import outcome, subject, tried
from worker.report.plain import one_line, printed, visible

_TEMPLATES = Path(__file__).parent / "templates"


def render(record: Record) -> str:
    """The page about `record`, whatever became of the run."""
    style, script = _text("report.css"), _text("report.js")
    candidate = subject(record)
    problem = record.run.problem
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            record=record,
            run=record.run,
            problem=problem,
            headline=outcome(record),
            tried=tried(record),
            candidate=candidate,
            suspicions=suspicions(candidate.proposal.patch) if candidate else (),
            attempts=evidence.attempts(record),
            measured=evidence.measured(candidate, problem.objective),
            guarded=evidence.guarded(candidate, problem),
            comparisons=evidence.comparisons(record, candidate),
            noise=evidence.noise(record),
            version=metadata.version("perfsmith"),
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            script_hash=_hash(script),
        )
    )


def _text(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8").strip()


def _hash(script: str) -> str:
    """As a content security policy names the one script that may run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        finalize=_shown,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["figures"] = figures
    environment.filters |= {"printed": printed, "one_line": one_line, "spent": evidence.spent}
    return environment


def _shown(value: object) -> object:
    """The one door to the page: text with its hidden characters made visible."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
