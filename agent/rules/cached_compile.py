"""re.compile(computed pattern) in a hot function → a remembered re.compile.

The re module remembers too, but behind a slow Python function. Compiled patterns never change and are shared by re itself,
so that sharing them shows nowhere. Refuses: flags that are computed or print (DEBUG), literals (see compiled_regex).
"""

from collections.abc import Iterator

import libcst as cst

from agent.rules.definitions import defined, imported
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
        yield _site(function, node)


def _site(function: Function, call: cst.Call) -> Site:
    cache = imported(function, "functools.lru_cache")
    remembered = f"{cache.name}(maxsize={REMEMBERED}, typed=True)({code(call.func)})"
    compiler = defined(function, "_compile_pattern", lambda name: f"{name} = {remembered}")
    edit = becomes(call.with_changes(func=cst.Name(compiler.name)))
    return Site(edits={call: edit}, imports=cache.code, before=compiler.code)


def _is_simple(call: cst.Call) -> bool:
    """One positional pattern, not a literal."""
    if len(call.args) != 1 or call.args[0].star or call.args[0].keyword:
        return False
    return not isinstance(call.args[0].value, cst.SimpleString | cst.ConcatenatedString)


RULE = Rule(name="cached-compile", summary="a computed pattern is compiled once", gain=0.15, find=_find)
