"""Knows what a report of tests relies on, and tells what of it was replaced since code of the repository runs."""

import builtins
import sys
import unittest.case  # noqa: F401  watched whether or not the tests use it
from collections.abc import Iterator, Mapping
from typing import Any

_MODULES = (
    "_pytest.main", "_pytest.nodes", "_pytest.outcomes", "_pytest.python", "_pytest.python_api", "_pytest.raises",
    "_pytest.reports", "_pytest.runner", "_pytest.skipping", "_pytest.unittest", "pluggy._callers", "pluggy._hooks",
    "pluggy._manager", "unittest.case", "perfsmith_report", "perfsmith_seal", "perfsmith_sentinels", __name__,
)  # fmt: skip
_HOOKS = (
    "pytest_runtestloop", "pytest_runtest_protocol", "pytest_runtest_setup", "pytest_runtest_call",
    "pytest_runtest_teardown", "pytest_pyfunc_call", "pytest_runtest_makereport", "pytest_runtest_logreport",
)  # fmt: skip
_KEPT_BY_PYTHON = frozenset(
    ("__annotations__", "__annotations_cache__", "__annotate_func__", "__doc__", "__warningregistry__", "_abc_impl")
)
_GONE = object()
_LONGEST = 200


class Watch:
    """The state of what is relied on when this was made, and every difference that was seen since."""

    def __init__(self) -> None:
        self.changed: dict[str, str] = {}
        """What is there instead, by the name of what was replaced."""
        self._modules = {name: sys.modules[name] for name in _MODULES if name in sys.modules}
        self._known = [
            (f"{where}.{key}", held, key, value, function := _function(value), function and function.__code__)
            for where, held in self._holders()
            for key, value in held.items()
            if key not in _KEPT_BY_PYTHON and _matters(where, value)
        ]
        self._classes = [
            (where, held, len(held), frozenset(held))
            for where, held in self._holders()
            if not isinstance(held, dict)
        ]  # fmt: skip

    def _holders(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The names in builtins, in each module and in each class that a module defines."""
        yield "builtins", vars(builtins)
        for name, module in self._modules.items():
            yield name, vars(module)
            for key, value in tuple(vars(module).items()):
                if isinstance(value, type) and value.__module__ == name:
                    yield f"{name}.{key}", vars(value)

    def look(self) -> None:
        """Compare; what was put back by now does not count."""
        for where, held, key, value, function, code in self._known:
            # Between any two tests, a thousand times: nothing is called that need not be.
            if held.get(key) is not value or (function and function.__code__ is not code):
                self.changed.setdefault(where, named(held.get(key, _GONE)))
        for where, held, count, known in self._classes:
            if len(held) != count:
                for key in set(held) - known - _KEPT_BY_PYTHON:
                    self.changed.setdefault(f"{where}.{key}", named(held[key]))
        for name, module in self._modules.items():
            if sys.modules.get(name) is not module:
                self.changed.setdefault(f"sys.modules[{name!r}]", named(sys.modules.get(name)))

    def look_at_end(self, hooks: Any) -> None:
        """Compare once more, and note who takes part in the hooks that make a report and who traces."""
        self.look()
        for hook in _HOOKS:
            for implementation in getattr(hooks, hook).get_hookimpls():
                self.changed[f"{hook} of {named(implementation.function)}"] = "there"
        for name, tracer in (("sys.settrace", sys.gettrace()), ("sys.setprofile", sys.getprofile())):
            if tracer is not None:
                self.changed[name] = named(tracer)


def _matters(where: str, value: object) -> bool:
    """Callables, descriptors and classes; the data of modules changes all the time."""
    return where == "builtins" or callable(value) or isinstance(value, property | staticmethod | classmethod)


def _function(value: Any) -> Any:
    """The function of Python's behind `value`, if there is one: its code can be replaced, and it stays itself."""
    if type(value) is property:
        value = value.fget
    if type(value) in (staticmethod, classmethod):
        value = value.__func__
    return value if type(value) is type(_function) else None


def named(value: Any) -> str:
    """What `value` calls itself, else its type."""
    if value is _GONE:
        return "nothing"
    try:
        return f"{value.__module__}.{value.__qualname__}"[:_LONGEST]
    except Exception:  # noqa: BLE001  it may be anything, and only its name is wanted
        return f"a {type(value).__name__}"
