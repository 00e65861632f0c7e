"""Every rule on real files with every function hot: the result is Python, and nothing outside of functions changes."""

import ast
import sysconfig
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.rules.catalogue import RULES, combined, load
from agent.rules.hot import HotFunction

_LARGEST = 40_000
_FILES = [
    path
    for path in sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))
    + sorted(Path(ast.__file__).parent.glob("[ehjlmu]*/*.py"))
    if path.stat().st_size < _LARGEST and "coding" not in path.read_text("utf-8", "replace")[:200]
]
_OURS = load([name for name in RULES if name != "ruff"])


def _functions(tree: ast.AST, prefix: str = "") -> list[str]:
    names: list[str] = []
    for child in ast.iter_child_nodes(tree):
        inner = (
            f"{prefix}{child.name}."
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            else prefix
        )
        names += [inner[:-1]] if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else []
        names += _functions(child, inner)
    return names


class _Emptied(ast.NodeTransformer):
    """Takes out what rules may change: bodies of functions, and module code with names of ours."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.body, node.decorator_list = [ast.Pass()], []
        return node


def _frame(source: str, known: str) -> str:
    tree = _Emptied().visit(ast.parse(source))
    old = set(map(ast.dump, _Emptied().visit(ast.parse(known)).body))
    tree.body = [line for line in tree.body if ast.dump(line) in old]
    return ast.dump(tree)


@cache
def _hot(path: Path) -> tuple[HotFunction, ...]:
    return tuple(
        HotFunction(name=name, share=0.5) for name in dict.fromkeys(_functions(ast.parse(path.read_text("utf-8"))))
    )


@pytest.mark.parametrize("path", _FILES[:100], ids=lambda path: path.stem)
def test_all_rules_together_leave_python_whose_frame_is_unchanged(path: Path) -> None:
    source = path.read_text("utf-8")
    text, _ = combined(source, _hot(path), _OURS)
    compile(text, str(path), "exec", dont_inherit=True)
    assert _frame(text, source) == _frame(source, source)


@settings(max_examples=25, deadline=None)
@given(path=st.sampled_from(_FILES), rule=st.sampled_from(load(None)), data=st.data())
def test_a_rule_changes_the_hot_function_only(path: Path, rule: object, data: st.DataObject) -> None:
    source = path.read_text("utf-8")
    if not _hot(path):
        return
    one = data.draw(st.sampled_from(_hot(path)))
    text = rule.rewrite(source, (one,))  # type: ignore[attr-defined]
    if text is None:
        return
    compile(text, str(path), "exec", dont_inherit=True)
    assert _others(source, one.name) <= _others(text, one.name)


def _others(source: str, name: str) -> set[str]:
    """The text of each function that is neither `name` nor around it nor within it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name != name.rpartition(".")[2]:
            holds = {n.name for n in ast.walk(node) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
            found |= set() if holds & set(name.split(".")) else {ast.unparse(node)}
    return found - {
        ast.unparse(n)
        for f in ast.walk(ast.parse(source))
        if isinstance(f, ast.FunctionDef) and f.name in name.split(".")
        for n in ast.walk(f)
        if isinstance(n, ast.FunctionDef)
    }
