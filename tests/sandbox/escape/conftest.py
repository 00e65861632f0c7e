"""Attacks: small programs that run as the code under test, and the tools to say in a line what they got."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from core.execution import Command, ExecResult
from core.protocols import Sandbox
from tests.sandbox.conftest import Prepared

PRELUDE = """
import ctypes, errno, os, sys
libc = ctypes.CDLL(None, use_errno=True)

def call(name, *arguments):
    "The result of a function of the C library; OSError when it is -1."
    result = getattr(libc, name)(*arguments)
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result

def tell(attempt, *arguments):
    "Print what an attempt got, or what stopped it."
    try:
        print("GOT", repr(attempt(*arguments)), flush=True)
    except (OSError, ValueError) as error:
        print(errno.errorcode.get(getattr(error, "errno", None), error), flush=True)

def read(path):
    with open(path, "rb") as file:
        return file.read(100_000)

def write(path, data):
    with open(path, "w") as file:
        return file.write(data)
"""
"""What every attack may use."""
GUARD = """
if sum(name.isdigit() for name in os.listdir("/proc")) > 50:
    sys.exit("these are the processes of the host: this is no sandbox, and the attack would do harm")
"""


@pytest.fixture(scope="session", params=["bubblewrap", "docker"])
def prepared(request: pytest.FixtureRequest, backends: Callable[[str], Prepared]) -> Prepared:
    return backends(request.param)


def run(sandbox: Sandbox, program: str, *arguments: object, timeout_seconds: float = 30.0) -> ExecResult:
    argv = (sandbox.layout.python, "-c", PRELUDE + GUARD + program, *map(str, arguments))
    return sandbox.run(Command(argv=argv, timeout_seconds=timeout_seconds))


def attack(sandbox: Sandbox, program: str, *arguments: object) -> str:
    """What the program printed inside. It must have come to its end: an attack that crashed proves nothing."""
    result = run(sandbox, program, *arguments)
    assert result.succeeded, f"{result.failure}\n{result.stdout.text}"
    assert result.stdout.text
    return result.stdout.text


def outside(program: str, *arguments: object) -> str:
    """What the same program prints as a plain process of ours: shows that it would work. Only for harmless ones."""
    argv = [sys.executable, "-c", PRELUDE + program, *map(str, arguments)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout
