"""Which functions count as edited, from the text of a patch alone."""

from dataclasses import replace

import pytest

from checks.calls.edited import Edits, edits_of

BEFORE = '''
"""Text."""
import re

LIMIT = 3

def public(x):
    """Text."""
    return _private(x) + 1

def _private(x):
    return _inner(x)

def _inner(x):
    return x

def other(x):
    return x

def limited(x):
    return x[:LIMIT]

class Thing:
    kind = 1

    def __init__(self, x):
        self.x = x
        self.reset()

    def reset(self):
        self._cache = None

    def get(self):
        return self.x

    def put(self, x):
        self._seen = [x]

class Heir(Thing):
    def __init__(self, x):
        super().__init__(x)
'''
METHODS = {"Thing.__init__", "Thing.reset", "Thing.get", "Thing.put"}


def edits(old: str, new: str) -> Edits:
    assert old in BEFORE
    return edits_of({"a.py": BEFORE}, {"a.py": BEFORE.replace(old, new)})


def names(found: Edits) -> set[str]:
    return {name.partition(":")[2] for name in found.functions}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("def other(x):\n    return x", "def other(x):\n    # why\n    return (x)", set()),
        ('    """Text."""\n    return _p', '    """Other."""\n    return _p', set()),
        ("def other(x):\n    return x", "def other(x):\n    return 1 * x", {"other"}),
        ("    return _inner(x)", "    return 1 * _inner(x)", {"_private", "public"}),
        ("def _inner(x):\n    return x", "def _inner(x):\n    return 1 * x", {"_inner", "_private", "public"}),
        ("def _inner(x):\n    return x\n", "", {"_private", "public"}),
        ("LIMIT = 3", "LIMIT = 4", {"limited"}),
        ("import re", "import re\nimport json", set()),
        ("LIMIT = 3", "LIMIT = 3\n_PATTERN = re.compile('x')", set()),
        ("def other(x):", "other = sorted\ndef another(x):", {"other"}),
        ("        return self.x", "        return  0 + self.x", {"Thing.get", "Thing.__init__"}),
        ("    kind = 1", "    kind = 2", METHODS | {"Heir.__init__"}),
        ("        self.reset()", "        self._new = {}\n        self.reset()", METHODS | {"Heir.__init__"}),
        ("        self._cache = None", "        self._cache = {}", METHODS | {"Heir.__init__"}),
        ("        self._seen = [x]", "        self._seen = {x}", METHODS | {"Heir.__init__"}),
    ],
)
def test_edited_functions(old: str, new: str, expected: set[str]) -> None:
    assert names(edits(old, new)) == expected


@pytest.mark.parametrize(
    "statement",
    [
        "print(1)",
        "X = open('x')",
        "def f(x=print(1)): pass",
        "class New:\n    print(1)",
        "for x in (): pass",
        "re.match = None",
    ],
)
def test_a_module_that_does_more_at_import_may_have_changed_all_of_its_functions(statement: str) -> None:
    assert {"public", "other", "Thing.get"} <= names(edits("LIMIT = 3", f"LIMIT = 3\n{statement}\n"))


def test_a_file_of_statements_alone_may_have_changed_every_function() -> None:
    found = edits_of({"a.py": BEFORE, "__init__.py": ""}, {"__init__.py": "import os\nos.x = 1\n"})
    assert {"public", "other"} <= names(found)


def test_an_import_of_a_new_file_may_do_anything() -> None:
    found = edits_of({"a.py": BEFORE}, {"a.py": f"import fast\n{BEFORE}", "fast.py": "print(1)\n"})
    assert {"public", "other"} <= names(found)


def test_a_constant_of_another_file_is_followed_to_its_users() -> None:
    user = "from constants import SIZE\n\ndef user():\n    return SIZE\n\ndef nobody():\n    return 1\n"
    found = edits_of({"constants.py": "SIZE = 1\n", "user.py": user}, {"constants.py": "SIZE = 2\n"})
    assert found.functions == {"user.py:user"}


def test_classes_whose_objects_are_made_otherwise_are_known_with_their_heirs() -> None:
    assert edits("        self.reset()", "        self._n = 1\n        self.reset()").classes == {
        "a.py:Thing",
        "a.py:Heir",
    }
    assert edits("        return self.x", "        return 0 + self.x").classes == set()


def test_attributes_that_only_the_new_side_has_are_known() -> None:
    assert edits("        self.reset()", "        self.known = {}\n        self.reset()").added == {"known"}


def test_a_file_that_can_not_be_read_is_edited_everywhere() -> None:
    assert {"public", "other", "Thing.get"} <= names(edits("LIMIT = 3", "LIMIT = ("))


@pytest.mark.parametrize("hostile", ["(" * 10_000, "x = " + "-" * 50_000 + "1", "\0", "a" * 100 + "\ud800"])
def test_hostile_text_is_read_without_harm(hostile: str) -> None:
    assert names(edits("LIMIT = 3", hostile))


def test_more_edits_cover_fewer() -> None:
    more = edits_of({"a.py": BEFORE}, {"a.py": BEFORE.replace("return x", "return 1 * x")})
    less = edits("def other(x):\n    return x", "def other(x):\n    return 1 * x")
    assert more.covers(less)
    assert not less.covers(more)


def test_digests_that_left_out_other_new_attributes_do_not_serve() -> None:
    one, other = (
        edits("        self.reset()", f"        self.{name} = {{}}\n        self.reset()") for name in ("a", "b")
    )
    assert not one.covers(other)
    assert replace(one, added=one.added | other.added, attributes=one.attributes | other.attributes).covers(other)


@pytest.mark.parametrize(
    "hidden",
    [
        "if globals().update(other=len):\n    pass\n",
        "with open('x') as file:\n    pass\n",
        "try:\n    pass\nexcept install():\n    pass\n",
        "for each in install():\n    pass\n",
        "while install():\n    break\n",
        "match install():\n    case _:\n        pass\n",
        "class Base(install()):\n    pass\n",
        "def odd(x: install() = 1):\n    return x\n",
        "def odd(x) -> install():\n    return x\n",
        "order = sorted([0], key=public)\n",
        "order = min([0], key=lambda x: install())\n",
        "class local:\n    def __init__(self):\n        install()\n\n_y = local()\n",
        "try:\n    pass\nexcept* install():\n    pass\n",
        "class New:\n    class Inner(install()):\n        pass\n",
        "from quick import local\n_y = local()\n",
        "from .quick import *\n_y = local()\n",
        "from os import system as local\n_y = local()\n",
        "def _swap():\n    global local\n    local = public\n\n_y = local()\n",
        "(local := public)\n_y = local()\n",
        "import os\norder = sorted(['true'], key=os.system)\n",
        "import os\norder = sorted(['true'], **{'key': os.system})\n",
        "from functools import partial\norder = sorted([len], key=partial(setattr, re, 'match'))\n",
        "def _install(made):\n    return made\n\n@_install\ndef _odd():\n    pass\n",
        "class _Base:\n    def __init_subclass__(cls):\n        install()\n\nclass _Heir(_Base):\n    pass\n",
        "class _Meta(type):\n    pass\n\nclass _Made(metaclass=_Meta):\n    pass\n",
        "class _Odd:\n    def __class_getitem__(cls, key):\n        install()\n\n_x = _Odd[0]\n",
        "re.match: object = len\n",
        "(re.match, _x) = (len, 1)\n",
        "_x = [0 for re.match in (len,)]\n",
        "_x = Thing.items()\n",
        "other = len\n",
        "from math import sqrt as other\n",
        "_x = (other := len)\n",
    ],
)
def test_what_runs_at_import_is_found_wherever_it_hides(hidden: str) -> None:
    found = edits_of({"a.py": BEFORE}, {"a.py": f"{BEFORE}\n{hidden}"})
    assert {"a.py:public", "a.py:other", "a.py:limited"} <= found.functions


@pytest.mark.parametrize(
    "harmless",
    [
        "_DOUBLE = {'a': 1}\n_HALF = {value: key for key, value in _DOUBLE.items()}\n",
        "_SIZES = (3, 1)\n_ORDER = sorted(_SIZES, key=str)\n",
        "from functools import lru_cache\n\n@lru_cache(maxsize=None)\ndef _kept(x):\n    return x\n",
        "from dataclasses import dataclass\n\n@dataclass(frozen=True)\nclass _Pair:\n    left: int\n    right: int = 0\n",
        "class _Error(ValueError):\n    pass\n\nclass _Worse(_Error):\n    pass\n",
        "def _helper(things: list[Thing], other: Thing | None = None) -> Thing:\n    return things[0]\n",
        "_MATCH = re.compile('x', re.I | re.M).match\n",
        "class _Made:\n    @property\n    def a(self):\n        return 1\n\n    @a.setter\n    def a(self, x):\n        pass\n",
    ],
)
def test_a_helper_that_does_nothing_at_import_edits_nothing_else(harmless: str) -> None:
    assert not names(edits_of({"a.py": BEFORE}, {"a.py": f"{BEFORE}\n{harmless}"})) & {"public", "other", "limited"}


@pytest.mark.parametrize(
    "block", ["if FAST:", "for _ in (1,):", "while True:", "with open('x'):", "match 1:\n  case 1:", "try:", "try*:"]
)
def test_a_function_in_a_block_is_found(block: str) -> None:
    end = {"try:": "except ImportError:\n    pass\n", "try*:": "except* ImportError:\n    pass\n"}.get(block, "")
    before = f"FAST = 1\n{block.replace('*', '')}\n    def chosen(x):\n        return x\n{end}"
    assert "a.py:chosen" in edits_of({"a.py": before}, {"a.py": before.replace("return x", "return x + 0")}).functions


def test_a_condition_that_chooses_another_definition_edits_the_file() -> None:
    before = "FAST = 1\nif FAST:\n    def chosen(x):\n        return x\nelse:\n    def chosen(x):\n        return 2\n"
    assert "a.py:chosen" in edits_of({"a.py": before}, {"a.py": before.replace("if FAST", "if not FAST")}).functions
