"""The names that an import finds in the environment without the repository, as the sandbox tells them."""

import json
import sys

from core.execution import Command
from core.protocols import Sandbox

_SECONDS = 60.0
_MOST_NAMES = 20_000
_ASK = """
import importlib.metadata, json, pkgutil, sys
packages = getattr(importlib.metadata, "packages_distributions", dict)()
names = {*getattr(sys, "stdlib_module_names", ()), *(module.name for module in pkgutil.iter_modules()), *packages}
print(json.dumps(sorted(names)))
"""


def importable(original: Sandbox) -> frozenset[str]:
    """Top-level modules of the standard library and of what is installed.

    What is installed answers for itself; at worst it leaves out its own names, never those of this Python's library.
    """
    command = Command(argv=(original.layout.python, "-I", "-c", _ASK), timeout_seconds=_SECONDS)
    result = original.run(command)
    return sys.stdlib_module_names | _names(result.stdout.text if result.succeeded else "")


def _names(text: str) -> frozenset[str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return frozenset()
    names = found if isinstance(found, list) else []
    return frozenset(name for name in names[:_MOST_NAMES] if isinstance(name, str) and name.isidentifier())
