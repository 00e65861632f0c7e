"""Takes the key of one run of the tests, and writes records that only who has the key can write.

The key stands on standard input, which is a file in memory: it is read before any code of the repository runs, and the file
is cut to nothing, so that a test finds standard input empty. Every record is signed with a key of its own, made from the one
before, which is forgotten: who finds the key later can't rewrite what was said earlier.
"""

import os
import stat
from collections.abc import Callable
from hashlib import blake2b
from json.encoder import encode_basestring_ascii

REPORT = "PERFSMITH_REPORT"
_GREETING = b"perfsmith-key "
_LONGEST = 4096

Record = Callable[..., None]
"""Writes one record: its kind and what belongs to it, as texts."""


def _opened() -> "Record | None":
    key, path = _taken(), os.environ.get(REPORT)
    return None if key is None or path is None else _sealing(key, path)


def _taken() -> "bytes | None":
    try:
        # Never a pipe or a terminal: reading those would wait, or take what is somebody else's.
        given = os.pread(0, _LONGEST, 0) if stat.S_ISREG(os.fstat(0).st_mode) else b""
        if not given.startswith(_GREETING):
            return None
        os.ftruncate(0, 0)
    except OSError:
        return None
    return bytes.fromhex(given[len(_GREETING) :].decode("ascii"))


def _sealing(key: bytes, path: str) -> Record:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    # What is used is bound here: whoever replaces os.write later replaces nothing of this.
    write, getpid, quote, sign, owner = os.write, os.getpid, encode_basestring_ascii, blake2b, os.getpid()
    number = 0

    def record(*texts: str) -> None:
        nonlocal key, number
        if getpid() != owner:
            return
        body = ("[" + ",".join([quote(text) for text in texts]) + "]").encode("ascii")
        seal = sign(number.to_bytes(8, "big") + body, key=key, digest_size=32).hexdigest()
        key, number = sign(b"next", key=key, digest_size=32).digest(), number + 1
        write(descriptor, seal.encode("ascii") + b" " + body + b"\n")

    return record


waiting = [_opened()]
"""The writer of records into the file that REPORT names, until the session that it belongs to takes it; None where this
process was not given a key. Made when this module is imported: before pytest is, whose own code may be what is tested.
"""
