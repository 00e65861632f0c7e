"""What the table-index rule changes, and what it must leave alone."""

from collections.abc import Callable

import pytest

Same = Callable[..., str]
Rewrite = Callable[..., str | None]


def test_a_search_in_a_constant_table_goes_over_the_entries_of_one_key(same: Same) -> None:
    new = same(
        "table-index",
        """
        TABLE = (("a", 1), ("b", 2), ("a", 3), ("c", 4))

        def f(name, value):
            partial = None
            for i, (n, v) in enumerate(TABLE):
                if n == name:
                    if v == value:
                        return i, n, v
                    elif partial is None:
                        partial = (i, n, None)
            return partial
        """,
        ("a", 3),
        ("a", 9),
        ("x", 1),
        (["a"], 1),
        (b"a", 1),
        (None, None),
    )
    assert "_TABLE_INDEX.get(name, ())" in new


def test_a_table_of_a_class_is_indexed_after_the_class(same: Same) -> None:
    new = same(
        "table-index",
        """
        class Codes:
            TABLE = ((1, "a"), (2, "b"), (3, "c"), (4, "d"))

            def find(self, key):
                for code, name in Codes.TABLE:
                    if key == code:
                        return name
                else:
                    return "none"
        """,
        (1,),
        (4,),
        (9,),
        (True,),
        (2.0,),
        ({},),
        function="Codes.find",
        call="Codes().find",
    )
    assert new.index("class Codes") < new.index("_TABLE_INDEX = ")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            TABLE = ((1, "a"), (2, "b"), (3, "c"), (4, "d"))
            TABLE += ((5, "e"),)
            def f(key):
                for code, name in TABLE:
                    if key == code:
                        return name
            """,
            id="a table that is bound again",
        ),
        pytest.param(
            """
            TABLE = [(1, "a"), (2, "b"), (3, "c"), (4, "d")]
            def f(key):
                for code, name in TABLE:
                    if key == code:
                        return name
            """,
            id="a list, which may be changed",
        ),
        pytest.param(
            """
            TABLE = ((1, "a"), (2, "b"), (3, "c"), (4, "d"))
            def f(key):
                for code, name in TABLE:
                    if key == code:
                        break
                return name
            """,
            id="a loop variable that is read afterwards",
        ),
        pytest.param(
            """
            TABLE = ((1, "a"), (2, "b"), (3, "c"), (4, "d"))
            def f(key):
                count = 0
                for code, name in TABLE:
                    if key == code:
                        return name
                    else:
                        count += 1
                return count
            """,
            id="an else that runs for the others",
        ),
        pytest.param(
            """
            TABLE = ((1, "a"), (2, "b"), (3, "c"), (4, "d"))
            def f(key):
                for code, name in TABLE:
                    if key == code:
                        key = code + 1
            """,
            id="a key that changes in the loop",
        ),
        pytest.param(
            """
            def f(key):
                for code, name in TABLE:
                    if key == code:
                        return name
            TABLE = ((1, "a"), (2, "b"), (3, "c"), (4, "d"))
            """,
            id="a table that comes later",
        ),
    ],
)
def test_table_index_refuses(rewrite: Rewrite, source: str) -> None:
    assert rewrite("table-index", source) is None


def test_table_index_keeps_a_method_that_finds_its_class_changed_from_outside(rewrite: Rewrite) -> None:
    source = "class A:\n    T = ((1, 2),) * 4\n    def f(self, k):\n        for a, b in A.T:\n            if a == k:\n                return b\nA.T = ()\n"
    assert rewrite("table-index", source, "A.f") is None
