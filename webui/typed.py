"""What is typed into fields, and what forms say of it.

Numbers are typed as text. Streamlit's own field of a number keeps the one before where what is typed can't be, or none: another
number would be handed in than the one that is seen, or no limit where one was meant.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from streamlit.delta_generator import DeltaGenerator

from core.errors import ConfigError
from worker.report.plain import one_line

Form = TypeVar("Form", bound=BaseModel)
_LONGEST_SHOWN = 60


def typed(place: DeltaGenerator, label: str, **how: Any) -> str | None:
    """What is typed into a field at `place`, without the space around it; None for nothing."""
    return place.text_input(label, **how).strip() or None


def judged(form: type[Form], fields: Mapping[str, object]) -> Form:
    """The form that is filled in so; ConfigError with what is wrong in which field."""
    try:
        return form.model_validate(fields)
    except ValidationError as error:
        raise ConfigError("; ".join(map(_problem, error.errors()))) from error


def _problem(each: ErrorDetails) -> str:
    given = each["input"]
    shown = f", not {one_line(given, longest=_LONGEST_SHOWN)!r}" if isinstance(given, str) and given.strip() else ""
    return f"{' '.join(map(str, each['loc'])) or 'form'}: {each['msg']}{shown}"
