"""What the front-pops rule changes, and what it must leave alone."""

from collections.abc import Callable

import pytest

Same = Callable[..., str]
Rewrite = Callable[..., str | None]


def test_a_queue_becomes_a_deque(same: Same) -> None:
    new = same(
        "front-pops",
        """
        def f(tree, root):
            order = []
            queue = [root]
            while queue:
                node = queue.pop(0)
                order.append(node)
                queue.extend(tree.get(node, ()))
            return order
        """,
        ({1: [2, 3], 2: [4]}, 1),
        ({}, []),
    )
    assert "queue.popleft()" in new
    assert "from collections import deque\n" in new


def test_a_copy_is_made_as_a_deque_at_once(same: Same) -> None:
    new = same(
        "front-pops",
        """
        def f(text):
            waiting, found = list(text.splitlines()), []
            lines = list(text.splitlines())
            more: list = []
            more.append(text)
            while lines:
                line = lines.pop(0)
                found.append(line)
            while more:
                line = more.pop(0)
                found.append(line)
            return waiting, found
        """,
        ("a\nb",),
        ("",),
        (b"a",),
        (3,),
    )
    assert "lines = deque(text.splitlines())\n" in new
    assert "more: list = deque()\n" in new
    assert "waiting, found = list(text.splitlines()), []" in new


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            """
            def f():
                queue = []
                return queue.pop(0)
            """,
            id="a pop of an empty list, whose message would differ",
        ),
        pytest.param(
            """
            def f(root):
                queue = [root]
                while queue:
                    node = queue.pop(0)
                    if node:
                        return queue
            """,
            id="a list that is returned",
        ),
        pytest.param(
            """
            def f(root):
                queue = [root]
                while queue:
                    node = queue.pop(0)
                    queue.append(queue[1:])
            """,
            id="a list that is indexed",
        ),
        pytest.param(
            """
            def f(root):
                queue = [root]
                while queue:
                    node = queue.pop(0), queue.pop(0)
            """,
            id="two pops in a round",
        ),
        pytest.param(
            """
            def f(queue):
                while queue:
                    node = queue.pop(0)
            """,
            id="a list of the caller",
        ),
    ],
)
def test_front_pops_refuses(rewrite: Rewrite, source: str) -> None:
    assert rewrite("front-pops", source) is None
