"""What a model answers about the tiny repository: search/replace blocks, right and wrong."""

from tests.story.conftest import WORK

DIRECTIONS = "\n".join(f"{number}. Direction {number}: change the loop in total" for number in range(1, 6))
LOOP = "        for _ in range(40):\n"


def block(search: str, replace: str, *, path: str = "work.py") -> str:
    """One edit in the form that the prompt asks for."""
    return f"This is faster.\n\n{path}\n<<<<<<< SEARCH\n{search}=======\n{replace}>>>>>>> REPLACE\n"


FASTER = block(LOOP, "        for _ in range(4):\n")
SLOWER = block(LOOP, "        for _ in range(90):\n")
FAILING = block("        result += square\n", "        result += square + 1\n")
FORBIDDEN = block("x\n", "y\n", path="test_work.py")
NOT_APPLYING = block("    nothing like it\n", "    whatever\n")
RAMBLING = "I would rather talk about the weather."
assert LOOP in WORK
