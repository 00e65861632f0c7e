"""What is typed into fields, and what forms say of it.

Numbers are typed as text. Streamlit's own field of a number keeps the one before where what is typed can't be, or none: another
number would be handed in than the one that is seen, or no limit where one was meant.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from streamlit.delta_generator import DeltaGenerator

from core.errors import ConfigError
from worker.report.plain import one_line

Form = TypeVar("Form", bound=BaseModel)
_LONGEST_SHOWN = 60
_LABELS = {
    "ref": "Branch, tag or commit",
    "editable": "Files that may be changed",
    "workload": "Workloads",
    "min_speedup": "Speedup to clear",
}
"""Of fields whose label is not their name."""
_WHOLE, _NUMBER, _EMPTY = (
    "must be a whole number, as 20",
    "must be a number, as 1.5",
    "it is empty, and can't be left out",
)
_WORDS = {
    "string_too_short": _EMPTY,
    "too_short": _EMPTY,
    "string_too_long": "may have at most {max_length:,} characters",
    "too_long": "{actual_length:,} lines; at most {max_length:,} are allowed",
    "string_pattern_mismatch": "may have letters, digits and the signs _ . : - only",
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "float_parsing": _NUMBER,
    "finite_number": "must be a finite number",
    "greater_than_equal": "must be at least {ge:,}",
    "less_than_equal": "must be at most {le:,}",
}
"""What is wrong, by what pydantic calls it."""
_OF_TYPE = ("_type", "_parsing")


def typed(place: DeltaGenerator, label: str, **how: Any) -> str | None:
    """What is typed into a field at `place`, without the space around it; None for nothing."""
    return place.text_input(label, **how).strip() or None


def judged(form: type[Form], fields: Mapping[str, object]) -> Form:
    """The form that is filled in so; ConfigError with what is wrong in which field, by its label."""
    try:
        return form.model_validate(fields)
    except ValidationError as error:
        problems: dict[str, list[ErrorDetails]] = {}
        for each in error.errors():
            problems.setdefault(_place(each["loc"]), []).append(each)
        told = (f"{place}: {_problem(_nearest(found))}" for place, found in problems.items())
        raise ConfigError("; ".join(told)) from error


def _place(loc: Sequence[int | str]) -> str:
    """The label of a field, with the line in it."""
    names = [each for each in loc if isinstance(each, str)] or ["the form"]
    name = names[names.index("options") + 1] if "options" in names[:-1] else names[-1]
    line = f", line {loc[-1] + 1}" if loc and isinstance(loc[-1], int) else ""
    return f"{_LABELS.get(name, name.capitalize())}{line}"


def _nearest(problems: Sequence[ErrorDetails]) -> ErrorDetails:
    """Of what is wrong with one value that may be of several types: what is wrong with it as the type that it is."""
    return next((each for each in problems if not each["type"].endswith(_OF_TYPE)), problems[0])


def _problem(each: ErrorDetails) -> str:
    limits = {name: _without_point(value) for name, value in each.get("ctx", {}).items()}
    words, given = _WORDS.get(each["type"], each["msg"]), each["input"]
    shown = f", not {one_line(given, longest=_LONGEST_SHOWN)!r}" if isinstance(given, str) and given.strip() else ""
    return f"{words.format(**limits)}{shown}"


def _without_point(limit: object) -> object:
    return int(limit) if isinstance(limit, float) and limit.is_integer() else limit
