"""The filter of system calls: how it is compiled, and that what people measure with works under it."""

import ctypes
import json
import platform
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.protocols import Sandbox
from sandbox import seccomp

from .conftest import Prepared, python, sh


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another profile for a while."""
    path = tmp_path / "profile.json"
    monkeypatch.setattr(seccomp, "PROFILE", path)
    return path


def compiled(path: Path, rules: list[dict[str, object]]) -> bytes:
    path.write_text(json.dumps({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1, "syscalls": rules}))
    return seccomp.program.__wrapped__()


def test_the_filter_is_a_program_that_the_kernel_would_load() -> None:
    program = seccomp.program()
    assert len(program) % 8 == 0
    assert 8 < len(program) // 8 < 4096


def test_a_call_that_the_library_does_not_know_can_not_be_allowed(profile: Path) -> None:
    allow: dict[str, object] = {"names": ["read", "no_such_call"], "action": "SCMP_ACT_ALLOW"}
    assert compiled(profile, [allow]) == compiled(profile, [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}])


def test_a_call_that_must_be_refused_in_its_own_way_must_be_known(profile: Path) -> None:
    with pytest.raises(ConfigError, match="no_such_call"):
        compiled(profile, [{"names": ["no_such_call"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}])


def test_an_unknown_action_is_refused_with_the_known_ones(profile: Path) -> None:
    with pytest.raises(ConfigError, match=r"SCMP_ACT_LOG.*SCMP_ACT_ALLOW"):
        compiled(profile, [{"names": ["read"], "action": "SCMP_ACT_LOG"}])


def test_a_missing_library_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> ctypes.CDLL:
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", missing)
    with pytest.raises(ConfigError, match=r"apt-get install libseccomp2.*dnf install libseccomp"):
        seccomp.program.__wrapped__()


@pytest.fixture
def opened(backends: Callable[[str], Prepared]) -> Iterator[Sandbox]:
    prepared = backends("bubblewrap")
    with prepared.provider.open(prepared.environment, {}) as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    "code",
    [
        "import multiprocessing as m; print(sum(m.Pool(2).map(abs, range(4))))",
        "import threading as t; x = [t.Thread(target=print, args=(6,)) for _ in range(1)]; x[0].start(); x[0].join()",
        "import subprocess; print(subprocess.run(['echo', '6'], capture_output=True, text=True).stdout)",
        "import multiprocessing.shared_memory as s; x = s.SharedMemory(create=True, size=6); print(6); x.close(); x.unlink()",
        "import asyncio; print(asyncio.run(asyncio.sleep(0.01, 6)))",
        "import os; os.sched_setaffinity(0, os.sched_getaffinity(0)); os.nice(1); print(6)",
        "import resource as r; r.setrlimit(r.RLIMIT_NOFILE, (50, 50)); print(6)",
    ],
)
def test_what_python_programs_do_works(opened: Sandbox, code: str) -> None:
    result = python(opened, code)
    assert result.stdout.text.strip() == "6", result.failure


@pytest.mark.parametrize(
    "call", ["keyctl 3", "bpf 0", "userfaultfd 0", "perf_event_open 0", "io_uring_setup 8", "unshare 0x10000000"]
)
def test_what_no_program_needs_is_refused(opened: Sandbox, call: str) -> None:
    numbers = {
        "keyctl": 250,
        "bpf": 321,
        "userfaultfd": 323,
        "perf_event_open": 298,
        "io_uring_setup": 425,
        "unshare": 272,
    }
    if platform.machine() != "x86_64":
        pytest.skip("calls have other numbers on this machine")
    name, argument = call.split()
    code = f"import ctypes; c = ctypes.CDLL(None, use_errno=True); print(c.syscall({numbers[name]}, {argument}, 0, 0, 0), ctypes.get_errno())"
    assert python(opened, code).stdout.text.split() == ["-1", "1"]


def test_a_compiler_works(opened: Sandbox) -> None:
    if not sh(opened, "command -v gcc").succeeded:
        pytest.skip("gcc is not installed")
    line = "cd /tmp && echo 'int main(void) { return 6; }' > a.c && gcc a.c -o a && ./a"
    assert sh(opened, line).exit_code == 6


def test_valgrind_works(opened: Sandbox) -> None:
    if not sh(opened, "command -v valgrind").succeeded:
        pytest.skip("valgrind is not installed")
    result = sh(opened, "valgrind --tool=callgrind --callgrind-out-file=/dev/null /bin/true")
    assert result.succeeded, result.failure
    assert b"Collected" in result.stderr.data
