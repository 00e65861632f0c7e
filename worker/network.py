"""What somebody may ask for who is not at the machine: nothing that names its files, its other hosts or its code.

A backend's options are the submitter's, but a base URL would be sent the server's key, a folder is one of the server's, and
a path like module:Class is code of the server's choice. So only the options in this table are taken from a request.
"""

from collections.abc import Mapping

from core.errors import ConfigError
from core.run import BackendSpec
from worker.backends import TABLE

_MODEL = ("temperature", "seed", "max_output_tokens", "directions", "rounds", "schema", "prompt_characters")
_LIMITS = ("memory_bytes", "processes", "file_bytes", "open_files")
OPTIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "sandbox": {"docker": (*_LIMITS, "inodes"), "bubblewrap": (*_LIMITS, "disk_bytes", "files")},
    "proposer": {"openai": ("model", "reasoning_effort", *_MODEL), "local": _MODEL, "rules": ("rules", "min_share")},
    "strategy": {"greedy": (), "beam": ("width",)},
}
"""By kind and short name; a backend that is missing here can't be asked for over the network."""


def require_harmless(kind: str, spec: BackendSpec) -> BackendSpec:
    """`spec`, when a request from the network may name it; else ConfigError."""
    known = OPTIONS[kind]
    if spec.name not in known:
        hint = f"; {spec.name} is for the command line" if spec.name in TABLE[kind] else ""
        raise ConfigError(f"the {kind} {spec.name!r} can't be asked for here; known: {', '.join(known)}{hint}")
    refused = next((name for name in spec.options if name not in known[spec.name]), None)
    if refused is not None:
        options = ", ".join(sorted(known[spec.name])) or "none"
        raise ConfigError(f"the option {refused!r} of the {kind} {spec.name} can't be set here; these can: {options}")
    return spec
