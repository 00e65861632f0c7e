"""Which functions are worth a rewrite: from a profile's hotspots to functions of a source text."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.profile import Profile


@dataclass(frozen=True, kw_only=True)
class HotFunction:
    """A function that the workload spends time in."""

    name: str
    """Its qualified name, without `<locals>`."""
    share: float
    """Of the whole, 0 to 1: the larger of its own share and, for what it calls, its total share weighed down."""


_TOTAL_WEIGHT = 0.2
"""Time spent in callees counts this much: a caller's rewrite sometimes saves the calls themselves."""
_INNER = frozenset({"<listcomp>", "<genexpr>", "<setcomp>", "<dictcomp>", "<lambda>"})


def hot_functions(path: str, source: str, profiles: Sequence[Profile], *, min_share: float) -> tuple[HotFunction, ...]:
    """The functions of `source` whose own or total share reaches `min_share`, hottest first."""
    try:
        defined = _definitions_of(source)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    shares: defaultdict[str, float] = defaultdict(float)
    for profile in profiles:
        for spot in profile.hotspots:
            if spot.path == path and max(spot.own_share, spot.total_share) >= min_share:
                name = _resolve(spot.function, spot.line, defined)
                shares[name] = max(shares[name], spot.own_share, spot.total_share * _TOTAL_WEIGHT)
    shares.pop("", None)
    return tuple(HotFunction(name=name, share=shares[name]) for name in sorted(shares, key=lambda n: (-shares[n], n)))


@dataclass(frozen=True, kw_only=True)
class _Definition:
    name: str
    first: int
    last: int


def _definitions(node: ast.AST, prefix: str) -> Iterator[_Definition]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{prefix}{child.name}"
            if not isinstance(child, ast.ClassDef):
                first = min([child.lineno, *(d.lineno for d in child.decorator_list)])
                yield _Definition(name=name, first=first, last=child.end_lineno or child.lineno)
            yield from _definitions(child, f"{name}.")
        else:
            yield from _definitions(child, prefix)


def _resolve(function: str, line: int, defined: Sequence[_Definition]) -> str:
    """The qualified name of a hotspot's function: by its name where that is unique, else by its line; "" for neither."""
    parts = [part for part in function.split(".") if part != "<locals>"]
    if parts[-1] in _INNER:
        around = [one for one in defined if one.first <= line <= one.last]
        return around[-1].name if around else ""
    wanted = ".".join(parts)
    named = [one for one in defined if one.name == wanted or one.name.endswith(f".{wanted}")]
    at_line = [one for one in named if one.first <= line <= one.last]
    exact = [one for one in named if one.name == wanted]
    chosen = exact if len(exact) == 1 and "." in wanted else (at_line[-1:] or (named if len(named) == 1 else []))
    return chosen[0].name if chosen else ""


def lines_of(source: str, hot: Sequence[HotFunction]) -> list[range]:
    """The lines (from 1) of each function in `hot`."""
    names = {one.name for one in hot}
    return [range(one.first, one.last + 1) for one in _definitions_of(source) if one.name in names]


@lru_cache(maxsize=16)
def _definitions_of(source: str) -> tuple[_Definition, ...]:
    return tuple(_definitions(ast.parse(source), ""))
