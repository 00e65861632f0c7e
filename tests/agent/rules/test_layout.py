"""Where new statements of a module go, and the blank lines around them."""

from collections.abc import Callable

import libcst as cst
import pytest

from agent.rules.layout import with_statements

Rewrite = Callable[..., str | None]
DEQUE = "from collections import deque"


def _with(source: str, *imports: str, at: dict[int, list[str]] | None = None) -> str:
    return with_statements(cst.parse_module(source), at or {}, imports).code


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('"""D."""\n\nimport re\n', f'"""D."""\n\n{DEQUE}\nimport re\n'),
        ('"""D."""\n\nimport abc\nimport re\n', f'"""D."""\n\nimport abc\n{DEQUE}\nimport re\n'),
        ("import re\nfrom abc import ABC\n", f"import re\nfrom abc import ABC\n{DEQUE}\n"),
        ("import re\nfrom sys import path\n", f"import re\n{DEQUE}\nfrom sys import path\n"),
        ('"""D."""\n\n# data\nimport numpy\n', f'"""D."""\n\n{DEQUE}\n\n# data\nimport numpy\n'),
        ("from . import x\n", f"{DEQUE}\n\nfrom . import x\n"),
        ('"""D."""\n\n__all__ = []\n\nimport re\n', f'"""D."""\n\n__all__ = []\n\n{DEQUE}\nimport re\n'),
        (
            '"""D."""\n\nfrom __future__ import annotations\n\nimport re\n',
            f'"""D."""\n\nfrom __future__ import annotations\n\n{DEQUE}\nimport re\n',
        ),
        ("# Licence\n\nimport re\n", f"# Licence\n\n{DEQUE}\nimport re\n"),
        ("# Licence\n\n# why\ndef f(): pass\n", f"# Licence\n\n{DEQUE}\n\n\n# why\ndef f(): pass\n"),
        ("def f(): pass\n", f"{DEQUE}\n\n\ndef f(): pass\n"),
        ('"""D."""\nx = 1\n', f'"""D."""\n\n{DEQUE}\n\nx = 1\n'),
    ],
)
def test_an_import_goes_with_the_imports(source: str, expected: str) -> None:
    assert _with(source, DEQUE) == expected


def test_two_imports_stand_together() -> None:
    assert _with("import numpy\n", "import functools", DEQUE) == f"{DEQUE}\nimport functools\n\nimport numpy\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import re\n\n\ndef g(): pass\n", "import re\n\nA = 1\nB = 2\n\n\ndef f():\n    pass\n\n\ndef g(): pass\n"),
        ("import re\ndef g(): pass\n", "import re\n\nA = 1\nB = 2\n\n\ndef f():\n    pass\n\n\ndef g(): pass\n"),
        ("X = 1\n\nY = 2\n", "X = 1\n\nA = 1\nB = 2\n\n\ndef f():\n    pass\n\n\nY = 2\n"),
    ],
)
def test_two_blank_lines_stand_around_definitions_and_one_before_constants(source: str, expected: str) -> None:
    assert _with(source, at={1: ["A = 1", "B = 2", "def f():\n    pass\n"]}) == expected


def test_new_code_goes_before_all_functions(rewrite: Rewrite) -> None:
    new = rewrite(
        "cached-compile",
        """\
        import re
        from functools import partial

        LIMIT = 3


        def other(): return 1


        def f(pattern):
            return re.compile(pattern)
        """,
    )
    added = "LIMIT = 3\n\n_compile_pattern = lru_cache(maxsize=512, typed=True)(re.compile)\n\n\ndef other()"
    assert str(new).startswith("import re\nfrom functools import partial\nfrom functools import lru_cache\n\n" + added)


def test_what_is_imported_after_the_first_function_is_used_after_that(rewrite: Rewrite) -> None:
    new = rewrite("compiled-regex", "def g(): pass\nimport re\ndef f(t):\n    return re.match('a', t)\n")
    assert new == (
        "def g(): pass\nimport re\n\n_F_REGEX = re.compile('a')\n\n\ndef f(t):\n    return _F_REGEX.match(t)\n"
    )


@pytest.mark.parametrize(
    ("top", "spelled"),
    [("from collections import deque as queue_of", "queue_of"), ("import collections", "collections.deque")],
)
def test_an_import_that_is_there_is_used(rewrite: Rewrite, top: str, spelled: str) -> None:
    body = "def f(root):\n    todo = list(root)\n    while todo:\n        x = todo.pop(0)\n        todo.extend(x)\n"
    new = str(rewrite("front-pops", f"{top}\n\n\n{body}"))
    assert new.startswith(f"{top}\n\n\ndef f(root):\n    todo = {spelled}(root)\n")


def test_a_taken_name_or_a_star_import_gives_the_import_another_name(rewrite: Rewrite) -> None:
    body = "def f(root):\n    todo = [root]\n    while todo:\n        x = todo.pop(0)\n        todo.extend(x)\n"
    for top in ("def deque(): pass\n", "from x import *\n"):
        assert f"{DEQUE} as _deque\n" in str(rewrite("front-pops", top + body))


def test_a_new_line_of_a_function_stands_below_the_blank_line_and_above_the_comment(rewrite: Rewrite) -> None:
    new = rewrite(
        "module-attributes",
        "import math\n\n\ndef f(items):\n    '''D.'''\n\n    # all\n    for x in items:\n        math.sqrt(x)\n",
    )
    assert "'''D.'''\n\n    _math_sqrt = math.sqrt\n    # all\n    for x in items:\n" in str(new)
