"""Puts hooks around chosen functions of the repository, in their code objects, before their module runs.

A function made from such a code object is hooked wherever it goes: decorated, bound, kept under another name at import.
Its signature, name and kind are what they were. It runs one frame deeper.
"""

from __future__ import annotations

import os
import sys
import types
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

_KINDS = 0x20 | 0x80 | 0x100 | 0x200
"""Flags of generators, coroutines, generators that are coroutines, and asynchronous generators."""
_BODY = """
def factory({free}):
    def trampoline({parameters}):
        {documentation}
        def perfsmith_original({parameters}):
            {uses}
        perfsmith_enter, perfsmith_leave, perfsmith_fail = "\\0enter", "\\0leave", "\\0fail"
        perfsmith_call = perfsmith_enter("\\0key", ({positional}), {{{named}}})
        if perfsmith_call is None:
            return perfsmith_original({passed})
        try:
            perfsmith_result = perfsmith_original({passed})
        except BaseException:
            perfsmith_fail(perfsmith_call)
            raise
        perfsmith_leave(perfsmith_call, perfsmith_result)
        return perfsmith_result
"""


class Trampolines:
    """What to hook: `functions` are `path:qualified.name`, paths relative to the folder `root`.

    `codes` holds the hooked code objects by id, `bodies` the code of the modules at the paths `modules`.
    """

    def __init__(self, root: str, functions: Any, modules: Any, hooks: Any) -> None:
        self.wanted = {}
        self.modules = {os.path.realpath(Path(root, path)) for path in modules}
        self.hooks = hooks
        self.codes, self.bodies, self.kept = set(), set(), []
        for function in functions:
            path, _, name = function.partition(":")
            self.wanted.setdefault(os.path.realpath(Path(root, path)), {})[name] = function

    def install(self) -> None:
        """From now on: modules that are imported, run by name, or are the program's own script."""
        plain, here = SourceFileLoader.get_code, self

        def get_code(self: SourceFileLoader, fullname: str) -> Any:
            return here.hooked(plain(self, fullname), self.path)

        SourceFileLoader.get_code = get_code
        if any(os.path.realpath(word) in self.wanted for word in getattr(sys, "orig_argv", ())):
            sys.setprofile(self._await_script)

    def hooked(self, code: types.CodeType, path: str) -> Any:
        """The code of the module at `path`, with hooks in the functions that are wanted of it."""
        where = os.path.realpath(path)
        names = self.wanted.get(where) if code is not None else None
        new = self._inside(code, names, "") if names else code
        if where in self.modules:
            self.bodies.add(id(new))
            self.kept.append(new)
        return new

    def _inside(self, code: types.CodeType, names: dict[str, str], prefix: str) -> Any:
        constants = tuple(
            self._replaced(each, names, prefix) if isinstance(each, types.CodeType) else each for each in code.co_consts
        )
        return code.replace(co_consts=constants)

    def _replaced(self, code: types.CodeType, names: dict[str, str], prefix: str) -> Any:
        is_function = code.co_flags & 0x2  # CO_NEWLOCALS: a class body has none of its own
        if not is_function:
            return self._inside(code, names, f"{prefix}{code.co_name}.")
        key = names.get(prefix + code.co_name)
        if key is None or (code.co_flags & _KINDS and sys.version_info < (3, 11)):
            return code
        try:
            new = trampoline(code, key, self.hooks)
        except Exception:  # noqa: BLE001 - code that another tool made may be of any kind; then it stays as it is
            return code
        self.codes.add(id(code))
        return new

    def _await_script(self, frame: Any, event: Any, _argument: Any) -> None:
        """Runs the program's script with hooks in place of the interpreter, which compiled it without asking anybody."""
        if event != "call" or frame.f_code.co_name != "<module>" or frame.f_globals.get("__name__") != "__main__":
            return
        sys.setprofile(None)
        hooked = self.hooked(frame.f_code, frame.f_code.co_filename)
        if hooked is not frame.f_code:
            exec(hooked, frame.f_globals)  # noqa: S102 - the script, as the user asked
            raise SystemExit(0)


def trampoline(code: types.CodeType, key: str, hooks: Any) -> Any:
    """Code that takes the place of `code`: tells `hooks` (enter, leave, fail) about each call, and does what it did."""
    scope = {}
    exec(_source(code), scope)  # noqa: S102 - source made above from names of parameters
    outer = next(each for each in scope["factory"].__code__.co_consts if isinstance(each, types.CodeType))
    new = dict(zip(("\0enter", "\0leave", "\0fail"), hooks, strict=True))
    new |= {"\0doc": code.co_consts[0] if code.co_consts else None, "\0key": key}

    def constant(each: Any) -> Any:
        if isinstance(each, types.CodeType):
            return code
        if isinstance(each, tuple) and "\0enter" in each:
            return tuple(new[name] for name in each)
        if isinstance(each, str):
            return code.co_name if each.endswith(".perfsmith_original") else new.get(each, each)
        return each

    changes = {"co_qualname": code.co_qualname} if hasattr(code, "co_qualname") else {}
    return outer.replace(
        co_consts=tuple(map(constant, outer.co_consts)),
        co_name=code.co_name,
        co_filename=code.co_filename,
        co_firstlineno=code.co_firstlineno,
        # The function is called like the original and hands back the very generator or coroutine that it makes.
        co_flags=outer.co_flags | (code.co_flags & _KINDS),
        **changes,
    )


def _source(code: types.CodeType) -> Any:
    named = code.co_varnames
    counts = code.co_argcount, code.co_argcount + code.co_kwonlyargcount
    plain, only = list(named[: counts[0]]), list(named[counts[0] : counts[1]])
    rest = list(named[counts[1] :])
    extra = [f"*{rest.pop(0)}"] if code.co_flags & 0x4 else []
    keywords = [f"**{rest.pop(0)}"] if code.co_flags & 0x8 else []
    first = code.co_posonlyargcount
    parameters = [*plain[:first], *(["/"] if first else []), *plain[first:], *extra]
    parameters += [*(["*"] if only and not extra else []), *only, *keywords]
    is_documented = bool(code.co_consts) and isinstance(code.co_consts[0], str)
    if sys.version_info >= (3, 13):
        is_documented = bool(code.co_flags & 0x4000000)  # CO_HAS_DOCSTRING
    return _BODY.format(
        documentation='"\\0doc"' if is_documented else "",
        free=", ".join(code.co_freevars),
        uses="; ".join(code.co_freevars) or "pass",
        parameters=", ".join(parameters),
        positional="".join(f"{each}, " for each in [*plain, *extra]),
        named=", ".join([*(f"{each!r}: {each}" for each in only), *keywords]),
        passed=", ".join([*plain, *extra, *(f"{each}={each}" for each in only), *keywords]),
    )


def double_recursion() -> None:
    """Hooked functions take two frames for one; the program shall reach as deep as without, and not see it."""
    allow, limit = sys.setrecursionlimit, [sys.getrecursionlimit()]

    def setrecursionlimit(number: int, /) -> None:
        allow(2 * number + 100)
        limit[0] = number

    sys.setrecursionlimit, sys.getrecursionlimit = setrecursionlimit, lambda: limit[0]
    setrecursionlimit(limit[0])
