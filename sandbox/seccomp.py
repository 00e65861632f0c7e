"""Compiles the filter of system calls (seccomp.json, in the format of Docker's) for bubblewrap, with libseccomp."""

import ctypes
import errno
import json
import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from core.errors import ConfigError, NoSandboxError

PROFILE = Path(__file__).with_name("seccomp.json")
_LIBRARY = "libseccomp.so.2"
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_MASKED_EQUAL, _EQUAL = 7, 4
_COMPARISONS = {"SCMP_CMP_EQ": _EQUAL, "SCMP_CMP_MASKED_EQ": _MASKED_EQUAL}
_OPTIMIZE, _BINARY_TREE = 8, 2
_UNKNOWN_CALL = -1


class _Comparison(ctypes.Structure):
    """libseccomp's `struct scmp_arg_cmp`."""

    _fields_ = (
        ("arg", ctypes.c_uint),
        ("op", ctypes.c_int),
        ("datum_a", ctypes.c_uint64),
        ("datum_b", ctypes.c_uint64),
    )


@cache
def program() -> bytes:
    """The filter in the kernel's own language, for this machine. NoSandboxError when libseccomp is not installed."""
    profile = json.loads(PROFILE.read_text())
    library = _library()
    filtered = library.seccomp_init(ctypes.c_uint32(_action(profile["defaultAction"], profile.get("defaultErrnoRet"))))
    if not filtered:
        raise ConfigError(f"libseccomp made no filter for the default action {profile['defaultAction']}")
    try:
        # Older libraries know no such attribute; their filters are slower, not weaker.
        library.seccomp_attr_set(ctypes.c_void_p(filtered), _OPTIMIZE, ctypes.c_uint32(_BINARY_TREE))
        for rule in profile["syscalls"]:
            _add(library, filtered, rule)
        return _exported(library, filtered)
    finally:
        library.seccomp_release(ctypes.c_void_p(filtered))


def _library() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(_LIBRARY)
    except OSError as error:
        raise NoSandboxError(
            f"{_LIBRARY}, which the bubblewrap sandbox filters system calls with, is not installed: apt-get install "
            "libseccomp2 (Debian, Ubuntu) or dnf install libseccomp (Fedora)"
        ) from error
    library.seccomp_init.restype = ctypes.c_void_p
    return library


def _action(name: str, number: int | None) -> int:
    if name == "SCMP_ACT_ALLOW":
        return _ALLOW
    if name == "SCMP_ACT_ERRNO":
        return _ERRNO | (errno.EPERM if number is None else number)
    raise ConfigError(f"{PROFILE.name} has the action {name}; known are SCMP_ACT_ALLOW and SCMP_ACT_ERRNO")


def _add(library: ctypes.CDLL, filtered: int, rule: Mapping[str, Any]) -> None:
    """Add one rule for all its calls. A call that the library is too old to know can't be allowed, and stays refused."""
    action = _action(rule["action"], rule.get("errnoRet"))
    comparisons = _comparisons(rule.get("args", ()))
    for name in rule["names"]:
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number == _UNKNOWN_CALL and action == _ALLOW:
            continue
        if number == _UNKNOWN_CALL:
            raise NoSandboxError(
                f"this {_LIBRARY} does not know the call {name} of {PROFILE.name}; install a newer one"
            )
        failed = library.seccomp_rule_add_array(
            ctypes.c_void_p(filtered), ctypes.c_uint32(action), number, len(comparisons), comparisons
        )
        if failed:
            raise ConfigError(f"libseccomp refuses the rule for {name} in {PROFILE.name}: {os.strerror(-failed)}")


def _comparisons(arguments: Sequence[Mapping[str, Any]]) -> ctypes.Array[_Comparison]:
    found = [
        _Comparison(
            arg=argument["index"],
            op=_COMPARISONS[argument["op"]],
            datum_a=argument["value"],
            datum_b=argument.get("valueTwo", 0),
        )
        for argument in arguments
    ]
    return (_Comparison * len(found))(*found)


def _exported(library: ctypes.CDLL, filtered: int) -> bytes:
    descriptor = os.memfd_create("filter")
    with os.fdopen(descriptor, "rb") as file:
        failed = library.seccomp_export_bpf(ctypes.c_void_p(filtered), descriptor)
        if failed:
            raise ConfigError(f"libseccomp can't export the filter of {PROFILE.name}: {os.strerror(-failed)}")
        file.seek(0)
        return file.read()
