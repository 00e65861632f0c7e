"""Which functions a patch edits, for the purpose of comparing what they do. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from checks.calls.definitions import Definitions, definitions_of

CONSTRUCTION = frozenset({
    "__init__", "__new__", "__post_init__", "__setstate__", "__getstate__", "__reduce__", "__reduce_ex__",
    "__getnewargs__", "__getnewargs_ex__", "__setattr__", "__getattribute__", "__init_subclass__",
})  # fmt: skip
"""Methods that have a say in how an object is made, or made again from a pickle."""


@dataclass(frozen=True, kw_only=True)
class Edits:
    """What a patch edits; everything is `path:Qualified.name`."""

    functions: frozenset[str] = frozenset()
    """Functions that do their work otherwise than before, or whose private parts do."""
    classes: frozenset[str] = frozenset()
    """Classes whose objects are made otherwise: the state of one side means nothing to the other."""
    attributes: frozenset[str] = frozenset()
    """Attributes that are set otherwise."""
    modules: frozenset[str] = frozenset()
    """Files in which more changes than functions."""
    raw: frozenset[str] = frozenset()
    """Functions that are called inside of their decorators, which both sides have in common."""
    uncounted: frozenset[str] = frozenset()
    """Functions that something else stands before, or instead of which something else is called, on one side only."""
    added: frozenset[str] = frozenset()
    """Attributes that only the new side knows; nobody else can miss them."""

    def covers(self, other: "Edits") -> bool:
        """Whether what was recorded for these edits serves the `other` ones as well."""
        return (
            other.functions <= self.functions
            and other.classes <= self.classes
            and other.attributes <= self.attributes
            and other.modules <= self.modules
            # An attribute that is new in one class may be an old one of another, and was digested there.
            and other.added <= self.added
            and self.raw & other.functions == other.raw
        )


@dataclass(kw_only=True)
class _File:
    """One changed file, before and after."""

    path: str
    before: Definitions
    after: Definitions
    changed: set[str] = field(default_factory=set)
    """Functions that changed, came or went."""
    edited: set[str] = field(default_factory=set)
    """Functions that count as edited."""
    built: set[str] = field(default_factory=set)
    """Classes that are built otherwise."""
    attributes: set[str] = field(default_factory=set)
    spread: set[str] = field(default_factory=set)
    """Names whose users count as edited, too."""


def edits_of(sources: Mapping[str, str], changes: Mapping[str, str | None]) -> Edits:
    """What `changes` edits of `sources`. A file that can't be read counts as edited in every function."""
    files = [
        _compared(path, sources[path], text or "")
        for path, text in sorted(changes.items())
        if path.endswith(".py") and path in sources and text != sources[path]
    ]
    _run_wild(files, sources, changes)
    _spread_elsewhere(files, sources)
    return Edits(
        functions=frozenset(f"{file.path}:{name}" for file in files for name in file.edited),
        classes=frozenset(f"{file.path}:{name}" for file in files for name in file.built),
        attributes=frozenset(name for file in files for name in file.attributes),
        modules=frozenset(file.path for file in files if _changes_more(file)),
        raw=frozenset(f"{file.path}:{name}" for file in files for name in file.edited if _is_raw(file, name)),
        uncounted=frozenset(f"{file.path}:{name}" for file in files for name in file.edited if _is_other(file, name)),
        added=frozenset().union(*(file.after.attributes for file in files))
        - frozenset().union(*(file.before.attributes for file in files)),
    )


def _run_wild(files: list[_File], sources: Mapping[str, str], changes: Mapping[str, str | None]) -> None:
    """Where a module does more at import than it did, or imports what changed, it may have changed any function in it.

    A file without functions may have changed those of every other one.
    """
    stems = {PurePosixPath(path).stem for path, text in changes.items() if text is not None}
    for file in list(files):
        more = Counter(file.after.wild) - Counter(file.before.wild)
        if not more and not (file.after.imported - file.before.imported) & stems:
            continue
        file.edited |= set(file.before.functions)
        if not file.before.functions:
            known = {other.path for other in files}
            others = [path for path in sources if path.endswith(".py") and path not in known]
            files += [_compared(path, sources[path], "(") for path in others]


def _compared(path: str, old: str, new: str) -> _File:
    before, after = definitions_of(old), definitions_of(new)
    if before is None or after is None:
        known = before or Definitions()
        return _File(path=path, before=known, after=known, edited=set(known.functions))
    file = _File(path=path, before=before, after=after)
    everything = {*before.functions, *after.functions}
    file.changed = {name for name in everything if _text(before, name) != _text(after, name)}
    both = set(before.functions) & set(after.functions)
    # What is public must still be there, and a name may stand for something else than a definition now.
    file.edited = {
        name
        for name in file.changed.intersection(before.functions)
        if name in both or name in after.bound or not is_private(name)
    }
    file.spread = {_last(name) for name in file.changed if name not in both or is_private(name)}
    _judge_statements(file)
    _judge_classes(file)
    _judge_attributes(file)
    _judge_heirs(file)
    spread_within(file)
    _add_constructors(file)
    return file


def _add_constructors(file: _File) -> None:
    """An object that can't be taken down can still be made again, when its making was recorded."""
    makers = {f"{name.rpartition('.')[0]}.__init__" for name in file.edited if "." in name}
    file.edited |= makers.intersection(file.before.functions).intersection(file.after.functions)


def _text(definitions: Definitions, name: str) -> tuple[str, ...]:
    return definitions.functions[name].text if name in definitions.functions else ()


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def is_private(name: str) -> bool:
    """Whether any part of the qualified name begins with an underscore and is not one of Python's own."""
    return any(part.startswith("_") and not (part.startswith("__") and part.endswith("__")) for part in name.split("."))


def _judge_statements(file: _File) -> None:
    before, after = Counter(file.before.statements), Counter(file.after.statements)
    for _, names in (before - after) + (after - before):
        file.spread |= names


def _judge_classes(file: _File) -> None:
    """A class whose own statements or construction changed: everything in it is edited, and its objects are."""
    for name in {*file.before.classes, *file.after.classes}:
        old, new = file.before.classes.get(name), file.after.classes.get(name)
        if old is None or new is None or old.text != new.text or _is_built_otherwise(file, name):
            file.built.add(name)
            file.edited |= {method for method in _methods(file, name) if method in file.after.functions}
            if is_private(name) or old is None or new is None:
                file.spread.add(_last(name))


def _is_built_otherwise(file: _File, name: str) -> bool:
    """Whether its construction changed, or uses a method of the class that did."""
    methods = {*_methods(file, name), *file.after.methods.get(name, ())}
    changed = {_last(method) for method in methods & file.changed}
    makers = [method for method in methods if _last(method) in CONSTRUCTION]
    return any(maker in file.changed or changed & _used_names(file, maker) for maker in makers)


def _judge_heirs(file: _File) -> None:
    """Classes of the same file that inherit from one that is built otherwise are, too."""
    pending = list(file.built)
    while pending:
        for heir in file.before.heirs.get(_last(pending.pop()), ()):
            if heir not in file.built:
                file.built.add(heir)
                pending.append(heir)
                maker = f"{heir}.__init__"
                if maker in file.before.functions and maker in file.after.functions:
                    file.edited.add(maker)


def _methods(file: _File, name: str) -> tuple[str, ...]:
    return file.before.methods.get(name, ())


def _judge_attributes(file: _File) -> None:
    """Attributes that changed functions set otherwise, but for constructors: what these make is known by its class.

    The classes of the file that have such an attribute hold another state from then on.
    """
    for name in file.changed:
        if _last(name) in CONSTRUCTION:
            continue
        old, new = file.before.functions.get(name), file.after.functions.get(name)
        if Counter(old.stores if old else ()) != Counter(new.stores if new else ()):
            file.attributes |= (old.stored if old else frozenset()) | (new.stored if new else frozenset())
    for name in file.before.classes:
        if any(file.before.functions[method].stored & file.attributes for method in _methods(file, name)):
            file.built.add(name)
            file.edited |= {method for method in _methods(file, name) if method in file.after.functions}


def spread_within(file: _File) -> None:
    """Users of what is private, new or gone are edited as well, and the users of private users."""
    pending = list(file.spread)
    while pending:
        for user in _users(file, pending.pop()):
            if user in file.edited or user not in file.before.functions or user not in file.after.functions:
                continue
            file.edited.add(user)
            if is_private(user) and _last(user) not in file.spread:
                file.spread.add(_last(user))
                pending.append(_last(user))


def _users(file: _File, name: str) -> frozenset[str]:
    """The functions in which a name occurs, before or after."""
    return file.before.users.get(name, frozenset()) | file.after.users.get(name, frozenset())


def _used_names(file: _File, name: str) -> frozenset[str]:
    found = [each.functions[name].names for each in (file.before, file.after) if name in each.functions]
    return frozenset().union(*found)


def _spread_elsewhere(files: list[_File], sources: Mapping[str, str]) -> None:
    """What nobody in its own file uses is looked for in the other ones: a file of constants has no functions."""
    changed = {file.path for file in files}
    orphans = {name for file in files for name in file.spread if not _users(file, name) & file.edited}
    if not orphans:
        return
    for path, source in sources.items():
        if path.endswith(".py") and path not in changed and any(name in source for name in orphans):
            known = definitions_of(source)
            if known is not None:
                file = _File(path=path, before=known, after=known, spread=set(orphans))
                spread_within(file)
                files.append(file)


def _changes_more(file: _File) -> bool:
    classes_differ = {name: each.text for name, each in file.before.classes.items()} != {
        name: each.text for name, each in file.after.classes.items()
    }
    return classes_differ or Counter(file.before.statements) != Counter(file.after.statements)


def _is_raw(file: _File, name: str) -> bool:
    old, new = file.before.functions[name], file.after.functions.get(name)
    return new is not None and not old.is_plain and old.decorators == new.decorators


def _is_other(file: _File, name: str) -> bool:
    old, new = file.before.functions[name], file.after.functions.get(name)
    return new is None or old.decorators != new.decorators or name in file.before.bound or name in file.after.bound
