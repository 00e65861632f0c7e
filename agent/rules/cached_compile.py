"""re.compile(computed pattern) in a hot function → a remembered re.compile.

The re module remembers too, but behind a slow Python function. Compiled patterns never change and are shared by re itself,
so that sharing them shows nowhere. Refuses: flags that are computed or print (DEBUG), literals (see compiled_regex).
"""

from collections.abc import Iterator

import libcst as cst

from agent.rules.function import Function
from agent.rules.rewriting import Rule, Site, becomes, code

REMEMBERED = 512
"""How many patterns are kept: what the re module itself keeps."""


def _find(function: Function) -> Iterator[Site]:
    module = function.module
    for node in function.nodes:
        if not isinstance(node, cst.Call) or module.callee(node) != "re.compile" or not _is_simple(node):
            continue
        root = code(node.func).partition(".")[0]
        line = module.import_of(root)
        if line is None or module.position(line) > module.position(function.top):
            continue
        name, tools = module.fresh("_compile_pattern"), module.fresh("_functools")
        made = f"{name} = {tools}.lru_cache(maxsize={REMEMBERED}, typed=True)({code(node.func)})"
        edit = becomes(node.with_changes(func=cst.Name(name)))
        yield Site(edits={node: edit}, imports=(f"import functools as {tools}",), before=(made,))


def _is_simple(call: cst.Call) -> bool:
    """One positional pattern, not a literal."""
    if len(call.args) != 1 or call.args[0].star or call.args[0].keyword:
        return False
    return not isinstance(call.args[0].value, cst.SimpleString | cst.ConcatenatedString)


RULE = Rule(name="cached-compile", summary="a computed pattern is compiled once", gain=0.15, find=_find)
