"""Whether two outputs of a workload say the same, by the rule that the user chose. Pure; never trusts what it compares."""

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.execution import Output

_SHOWN = 200
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


class OutputForm(StrEnum):
    """How an output is read before it is compared."""

    EXACT = "exact"
    """Byte by byte."""
    IGNORE = "ignore"
    """Not at all."""
    JSON = "json"
    """As a JSON value, or one on each line: white space and the order of keys do not count."""
    LINES = "lines"
    """As lines whose order does not count."""
    FLOATS = "floats"
    """As text in which numbers may differ a little."""


FORMS = "exact, json, lines, floats:1e-9, json:1e-9, ignore"
"""How a rule is written, for people; a second number after a comma is a tolerance in any case."""


@dataclass(frozen=True, kw_only=True)
class OutputRule:
    """What the workload's standard output must be for a candidate."""

    form: OutputForm = OutputForm.EXACT
    relative: float = 0.0
    """By how much a float may differ from the other, as a share of the larger one."""
    absolute: float = 0.0
    """Or by how much in any case."""

    def __post_init__(self) -> None:
        if self.form in {OutputForm.JSON, OutputForm.FLOATS} or not (self.relative or self.absolute):
            if 0 <= self.relative < 1 and 0 <= self.absolute < 1:
                return
            raise ValueError("a tolerance is a number from 0 to below 1, e.g. 1e-9")
        raise ValueError(f"{self.form} takes no tolerance; only json and floats do")

    @classmethod
    def parse(cls, text: str) -> "OutputRule":
        """The rule that is written `form`, `form:relative` or `form:relative,absolute`. ValueError says what is wrong."""
        name, colon, tolerance = text.strip().partition(":")
        if name not in list(OutputForm):
            raise ValueError(f"use one of {FORMS}")
        form = OutputForm(name)
        if not colon:
            if form is OutputForm.FLOATS:
                raise ValueError(
                    "say how much floats may differ, e.g. floats:1e-9 (a share) or floats:1e-9,1e-12 (also in any case)"
                )
            return cls(form=form)
        relative, _, absolute = tolerance.partition(",")
        return cls(form=form, relative=_tolerance(relative), absolute=_tolerance(absolute or "0"))

    def __str__(self) -> str:
        if not self.relative and not self.absolute and self.form is not OutputForm.FLOATS:
            return str(self.form)
        return f"{self.form}:{self.relative!r}" + (f",{self.absolute!r}" if self.absolute else "")

    @property
    def meaning(self) -> str:
        """For people: what is asked of the output."""
        said = {
            OutputForm.EXACT: "must stay the same, byte by byte",
            OutputForm.IGNORE: "is not compared",
            OutputForm.JSON: "must stay the same JSON",
            OutputForm.LINES: "must keep its lines, in any order",
            OutputForm.FLOATS: "must stay the same text",
        }[self.form]
        tolerance = f"; floats may differ by {self.relative:g} of their size" if self.relative else ""
        return f"{said}{tolerance}" + (f"; floats may differ by {self.absolute:g}" if self.absolute else "")

    @property
    def compares(self) -> bool:
        """Whether the output matters at all."""
        return self.form is not OutputForm.IGNORE


EXACT = OutputRule()
"""What holds when nothing is said."""


def _tolerance(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{text.strip()!r} is no tolerance: give a number from 0 to below 1, e.g. 1e-9") from None


def difference(rule: OutputRule, expected: Output, seen: Output) -> str | None:
    """The first difference that counts under `rule`, in words; None when there is none."""
    if not rule.compares or expected.sha256 == seen.sha256:
        return None
    if rule.form is OutputForm.EXACT:
        return _first_line(expected, seen)
    if not (_is_whole(expected) and _is_whole(seen)):
        return f"it is too long to be compared as {rule.form}, and not equal byte by byte: it had {expected.size} bytes and has {seen.size}"
    if rule.form is OutputForm.LINES:
        return _lines(_text(expected), _text(seen))
    if rule.form is OutputForm.FLOATS:
        return _numbers(rule, _text(expected), _text(seen))
    return _json(rule, _text(expected), _text(seen))


def flaw(rule: OutputRule, output: Output) -> str:
    """Why `output` can't be read as the rule wants it; empty when it can."""
    if rule.form is not OutputForm.JSON:
        return ""
    if not _is_whole(output):
        return f"it is too long to be read as JSON: {output.size} bytes"
    return "" if _values(output.text) is not None else "it is no JSON, neither as a whole nor line by line"


def _text(output: Output) -> str:
    """Different bytes are different texts."""
    return output.data.decode("utf-8", "surrogateescape")


def _is_whole(output: Output) -> bool:
    return hashlib.sha256(output.data).hexdigest() == output.sha256


def _first_line(expected: Output, seen: Output) -> str:
    before, after = expected.text.splitlines(), seen.text.splitlines()
    for number, (old, new) in enumerate(zip(before, after, strict=False), start=1):
        if old != new:
            return f"line {number} was {old[:_SHOWN]!r} and is {new[:_SHOWN]!r}"
    if len(before) != len(after):
        return f"it had {len(before)} lines and has {len(after)}"
    return f"it had {expected.size} bytes and has {seen.size}; the difference is not in the part that was kept"


def _lines(expected: str, seen: str) -> str | None:
    before, after = Counter(expected.split("\n")), Counter(seen.split("\n"))
    for line in (*before, *after):
        if before[line] != after[line]:
            return f"the line {line[:_SHOWN]!r} was there {_times(before[line])} and is there {_times(after[line])}"
    return None


def _quoted(line: str) -> str:
    return repr(line.removesuffix("\n")[:_SHOWN])


def _split(text: str) -> list[str]:
    """Lines with their ends: a carriage return is a part of its line."""
    return [line for line in re.split(r"(?<=\n)", text) if line]


def _times(count: int) -> str:
    return {0: "never", 1: "once"}.get(count, f"{count} times")


def _numbers(rule: OutputRule, expected: str, seen: str) -> str | None:
    """Line by line: the text around the numbers is the same, and each number is close to its other."""
    before, after = _split(expected), _split(seen)
    for number, (old, new) in enumerate(zip(before, after, strict=False), start=1):
        if old != new and not _line_is_close(rule, old, new):
            return f"line {number} was {_quoted(old)} and is {_quoted(new)}"
    return f"it had {len(before)} lines and has {len(after)}" if len(before) != len(after) else None


def _line_is_close(rule: OutputRule, old: str, new: str) -> bool:
    if _NUMBER.split(old) != _NUMBER.split(new):
        return False
    return all(_text_is_close(rule, *pair) for pair in zip(_NUMBER.findall(old), _NUMBER.findall(new), strict=True))


def _text_is_close(rule: OutputRule, old: str, new: str) -> bool:
    """Two whole numbers are counts, and must be the same."""
    if old == new:
        return True
    whole = all(text.lstrip("+-").isdigit() for text in (old, new))
    # What is beyond every float is close to nothing but its own words.
    beyond = math.isinf(float(old)) or math.isinf(float(new))
    return not whole and not beyond and _is_close(rule, float(old), float(new))


def _is_close(rule: OutputRule, old: float, new: float) -> bool:
    if math.isnan(old) or math.isnan(new):
        return math.isnan(old) and math.isnan(new)
    return math.isclose(old, new, rel_tol=rule.relative, abs_tol=rule.absolute)


def _json(rule: OutputRule, expected: str, seen: str) -> str | None:
    before, after = _values(expected), _values(seen)
    if before is None or after is None:
        return "it is no JSON" if before is not None else "it was no JSON"
    try:
        return next(_parts(rule, before[0], after[0], "$"), None)
    except RecursionError:
        return "it is nested too deeply to be compared as JSON, and not equal byte by byte"


def _values(text: str) -> tuple[Any] | None:
    """The value of `text`, in a tuple since it may be null, or the list of the values of its lines; None for no JSON."""
    try:
        return (_value(text),)
    except (ValueError, RecursionError):
        pass
    try:
        return ([_value(line) for line in text.splitlines() if line.strip()],) if text.strip() else None
    except (ValueError, RecursionError):
        return None


def _value(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object that says a key twice says two things."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key is there twice")
    return made


def _parts(rule: OutputRule, old: Any, new: Any, path: str) -> Iterator[str]:
    """The differences of two values, from the first to the last."""
    if type(old) is not type(new):
        yield f"{path} was {_shown(old)} and is {_shown(new)}"
    elif isinstance(old, dict):
        for key in (*old, *(key for key in new if key not in old)):
            place = f"{path}.{key}"
            if key not in new:
                yield f"{place[:_SHOWN]} was {_shown(old[key])} and is gone"
            elif key not in old:
                yield f"{place[:_SHOWN]} is new: {_shown(new[key])}"
            else:
                yield from _parts(rule, old[key], new[key], place)
    elif isinstance(old, list):
        if len(old) != len(new):
            yield f"{path} had {len(old)} items and has {len(new)}"
        for number, (one, other) in enumerate(zip(old, new, strict=False)):
            yield from _parts(rule, one, other, f"{path}[{number}]")
    elif not (_is_close(rule, old, new) if isinstance(old, float) else old == new):
        yield f"{path} was {_shown(old)} and is {_shown(new)}"


def _shown(value: Any) -> str:
    return json.dumps(value)[:_SHOWN]
