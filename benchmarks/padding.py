"""Patches with a known useful part, padded with useless hunks: what benchmarks/minimiser.py takes apart again.

One small repository serves all of them: functions that can be made faster, between functions that nothing gains from.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from core import patch as patches

MOST_PADDING = 10

_BYSTANDER = '''def {name}(rows, limit):
    """Count and add up {name}."""
    total = 0
    for row in rows:
        if not row == limit:
            total = total + row
    label = "{name}"
    return [label, total, len(rows)]
'''
_NAMES = ("apples", "bolts", "coins", "doors", "eggs", "forks", "gates", "hooks")
_SLOW = (
    '''def shared(left, right):
    """Items of left that right has, too."""
    found = []
    for item in left:
        if item in right:
            found.append(item)
    return found
''',
    '''def scaled(values, weights):
    """Values as shares of the largest weight."""
    shares = []
    for value in values:
        top = max(weights)
        shares.append(value / top)
    return shares
''',
    '''def paths(rows, columns):
    """Ways through a grid."""
    if not rows or not columns:
        return 1
    return paths(rows - 1, columns) + paths(rows, columns - 1)
''',
    '''def triangle(count):
    """The sum of the first numbers."""
    result = 0
    for number in range(count + 1):
        result += number
    return result
''',
    '''def first_over(values, limit):
    """The first value above the limit."""
    found = None
    for value in values:
        if found is None and value > limit:
            found = value
    return found
''',
    '''def lowest(values):
    """The smallest value in words."""
    if not values:
        raise ValueError("no values")
    low = sorted(values)[0]
    return f"lowest: {low}"
''',
)
_HEAD = "import math\nimport string\n\n\ndef burn(count):\n    for _ in range(count):\n        math.sqrt(2)\n\n\n"
_BYSTANDERS = [_BYSTANDER.format(name=name) for name in _NAMES]
WORK = _HEAD + "\n\n".join(
    [*(block for pair in zip(_SLOW, _BYSTANDERS, strict=False) for block in pair), *_BYSTANDERS[len(_SLOW) :]]
)
_WORKLOAD = f"""import random
import sys

import work

CALLS = {{
    "shared": lambda: work.shared(list(range(3000)), list(range(3000, 0, -1))),
    "scaled": lambda: work.scaled(range(3000), list(range(900))),
    "paths": lambda: work.paths(12, 11),
    "triangle": lambda: work.triangle(2_000_000),
    "small triangle": lambda: work.triangle(500_000),
    "first_over": lambda: work.first_over(range(6_000_000), 500),
    "lowest": lambda: work.lowest([str(number) for number in random.Random(1).choices(range(10**9), k=100_000)]),
}}
work.burn(int(sys.argv[2]))
print(CALLS[sys.argv[1]]())
print([getattr(work, name)([1, 2, 3], 2) for name in {_NAMES!r}])
"""
_TESTS = f"""import work

assert work.shared([1, 2, 3], [2, 3, 4]) == [2, 3]
assert work.shared([], [1]) == []
assert work.scaled([1, 2], [2, 4]) == [0.25, 0.5]
assert work.paths(2, 2) == 6
assert work.paths(0, 3) == 1
assert work.triangle(4) == 10
assert work.first_over([1, 5, 3, 7], 2) == 5
assert work.first_over([1], 2) is None
assert work.lowest(["3", "1", "2"]) == "lowest: 1"
assert all(getattr(work, name)([1, 2, 3], 2) == [name, 4, 3] for name in {_NAMES!r})
assert work.math and work.string
"""
FILES = {"work.py": WORK, "workload.py": _WORKLOAD, "tests.py": _TESTS}
SOURCES = {"work.py": WORK}


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """An edit of text that occurs once."""

    name: str
    edits: tuple[tuple[str, str], ...]

    def on(self, text: str) -> str:
        for old, new in self.edits:
            if text.count(old) != 1:
                message = f"{self.name}: {old!r} occurs {text.count(old)} times"
                raise ValueError(message)
            text = text.replace(old, new)
        return text


@dataclass(frozen=True, kw_only=True)
class Useful(Replacement):
    """An edit that makes a workload faster, each line of it needed, and is its equal for empty, negative and huge arguments, too."""

    call: str
    """What the workload calls."""
    burn: int = 0
    """Rounds of work beside it that nothing makes faster: the more of it, the smaller the speedup."""
    beside: tuple[str, str] = ("", "")
    """A useless statement that can be put next to it."""


_SHARED = (
    ("    found = []\n    for item in left", "    found = []\n    members = frozenset(right)\n    for item in left"),
    ("if item in right:", "if item in members:"),
)
_SCALED = (
    (
        "    for value in values:\n        top = max(weights)\n",
        "    top = max(weights) if values else None\n    for value in values:\n",
    ),
)
_PATHS = (
    ("import math\n", "import functools\nimport math\n"),
    ("def paths(", "@functools.lru_cache(maxsize=None)\ndef paths("),
)
_LOOP = "    result = 0\n    for number in range(count + 1):\n        result += number\n    return result\n"
_FORMULA = "    terms = len(range(count + 1))\n    return terms * (terms - 1) // 2\n"
_FIRST = (("            found = value\n", "            found = value\n            break\n"),)
_LOWEST = (("sorted(values)[0]", "min(values)"),)
USEFUL = (
    Useful(
        name="a set for a list",
        call="shared",
        edits=_SHARED,
        beside=("    members = frozenset(right)\n", "    members = frozenset(right)\n    spare = len(left)\n"),
    ),
    Useful(
        name="out of the loop",
        call="scaled",
        edits=_SCALED,
        beside=("values else None\n    for", "values else None\n    count = len(shares)\n    for"),
    ),
    Useful(name="a cache", call="paths", edits=_PATHS),
    Useful(
        name="a formula",
        call="triangle",
        edits=((_LOOP, _FORMULA),),
        beside=(_FORMULA, f"    parity = count % 2\n{_FORMULA}"),
    ),
    Useful(
        name="a formula, small gain",
        call="small triangle",
        burn=1_200_000,
        edits=((_LOOP, _FORMULA),),
        beside=(_FORMULA, f"    parity = count % 2\n{_FORMULA}"),
    ),
    Useful(name="an early end", call="first_over", edits=_FIRST),
    Useful(
        name="a minimum for a sort",
        call="lowest",
        edits=_LOWEST,
        beside=("    low = min(values)\n", "    size = len(values)\n    low = min(values)\n"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A padded patch, and what should be left of it."""

    number: int
    useful: Useful
    padding: tuple[str, ...]
    patch: str
    wanted: str
    """The text of the file with the useful part alone."""


def cases(count: int, *, seed: int) -> list[Case]:
    """Cases with 1 … MOST_PADDING useless hunks, every kind of useful part in turn; the same for the same seed."""
    chance = random.Random(seed)
    return [_case(number, chance) for number in range(count)]


def _case(number: int, chance: random.Random) -> Case:
    useful = USEFUL[number % len(USEFUL)]
    chosen = tuple(_chosen(useful, chance.randint(1, MOST_PADDING), chance))
    text = wanted = useful.on(WORK)
    for each in chosen:
        text = each.on(text)
    return Case(
        number=number,
        useful=useful,
        padding=tuple(each.name for each in chosen),
        patch=patches.diff(SOURCES, {"work.py": text}),
        wanted=wanted,
    )


def _chosen(useful: Useful, count: int, chance: random.Random) -> Iterator[Replacement]:
    """Useless edits of `count` different places."""
    pool = [_bystander(name, chance.choice(list(_KINDS))) for name in _NAMES]
    pool += [
        Replacement(name="import order", edits=(("import math\nimport string\n", "import string\nimport math\n"),))
    ]
    if useful.beside[0]:
        pool.append(Replacement(name="a statement beside", edits=(useful.beside,)))
    pool.append(Replacement(name="an unused constant", edits=(("def burn(", "ROUNDS = 1000\n\n\ndef burn("),)))
    yield from chance.sample(pool, min(count, len(pool)))


def _bystander(name: str, kind: str) -> Replacement:
    before = _BYSTANDER.format(name=name)
    return Replacement(name=kind, edits=((before, _KINDS[kind](before)),))


def _put(anchor: str, line: str) -> Callable[[str], str]:
    return lambda text: text.replace(anchor, f"{line}{anchor}")


def _swap(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


_KINDS: Mapping[str, Callable[[str], str]] = {
    "a comment": _put("    for row", "    # go through all of them\n"),
    "blank lines": _put("    label", "\n\n"),
    "line breaks": _swap("[label, total, len(rows)]", "[\n        label,\n        total,\n        len(rows),\n    ]"),
    "quotes": lambda text: re.sub(r'label = "(\w+)"', r"label = '\1'", text),
    "a renamed local": lambda text: re.sub(r"\btotal\b", "amount", text),
    "an unused local": _put("    for row", "    unused = len(rows)\n"),
    "a dead branch": _put("    label", "    if limit is ...:\n        total = -1\n"),
    "a rewritten statement": _swap("total = total + row", "total += row"),
    "a rewritten condition": _swap("not row == limit", "row != limit"),
    "a docstring": _swap("Count and add up", "Add up and count"),
    "an unused function": lambda text: f"def spare_{len(text)}(value):\n    return value\n\n\n{text}",
    "a rewritten loop": _swap("    for row in rows:\n", "    for row in list(rows):\n"),
}
