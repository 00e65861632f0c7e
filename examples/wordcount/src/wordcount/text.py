"""From a text to its paragraphs and words."""

import re


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs of `text`, each as one line; empty lines part them."""
    waiting = list(text.splitlines())
    paragraphs = []
    lines = []
    while waiting:
        line = waiting.pop(0)
        if line.strip():
            lines.append(line.strip())
        elif lines:
            paragraphs.append(" ".join(lines))
            lines = []
    if lines:
        paragraphs.append(" ".join(lines))
    return paragraphs


def words_of(paragraph: str) -> list[str]:
    """The words in lower case; numbers and punctuation are no words."""
    words = []
    for token in paragraph.lower().split():
        match = re.search(r"[a-z]+(?:['-][a-z]+)*", token)
        if match:
            words.append(match.group())
    return words
