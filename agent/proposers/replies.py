"""What an OpenAI-compatible server sent back, read without trusting a byte of it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

_MESSAGE_CHARACTERS = 500
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One chat completion."""

    text: str
    problem: str = ""
    """Why the text can't be used, or not without care; empty when all is well."""
    input_tokens: int | None = None
    """None when the server does not say, or says something that is no count."""
    output_tokens: int | None = None


def read(body: bytes) -> Reply:
    """The reply in `body`; whatever is wrong with it is its problem."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return Reply(text="", problem=f"the answer is no JSON: {clipped(body.decode('utf-8', 'replace'))}")
    fields = _mapping(content)
    usage = _mapping(fields.get("usage"))
    text, problem = _choice(fields)
    return Reply(
        text=storable(text),
        problem=problem,
        input_tokens=_count(usage.get("prompt_tokens")),
        output_tokens=_count(usage.get("completion_tokens")),
    )


def storable(text: str) -> str:
    """`text` without what neither UTF-8 nor a database can hold."""
    return _UNSTORABLE.sub("\ufffd", text)


def clipped(text: str) -> str:
    """The beginning of `text` on one line, for messages."""
    return " ".join(storable(text).split())[:_MESSAGE_CHARACTERS]


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _choice(fields: Mapping[str, object]) -> tuple[str, str]:
    """Text and problem of the first choice."""
    choices = fields.get("choices")
    if not isinstance(choices, list) or not choices:
        said = clipped(json.dumps(fields["error"])) if fields.get("error") else "no choices"
        return "", f"the answer holds no text: {said}"
    choice = _mapping(choices[0])
    message = _mapping(choice.get("message"))
    text = _text(message.get("content"))
    if message.get("refusal"):
        return text, f"the model refused: {clipped(str(message['refusal']))}"
    return text, _problem(text, choice.get("finish_reason"))


def _text(content: object) -> str:
    """The content, also where it comes in parts."""
    if isinstance(content, list):
        return "".join(_text(_mapping(part).get("text")) for part in content)
    return content if isinstance(content, str) else ""


def _problem(text: str, finish_reason: object) -> str:
    if finish_reason == "length":
        return "the answer was cut off at the limit of output tokens; raise max_output_tokens"
    if finish_reason == "content_filter":
        return "the answer was withheld by a content filter"
    return "" if text.strip() else "the answer holds no text: its content is empty"
