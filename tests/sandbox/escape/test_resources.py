"""Taking so much that nobody else has any: bombs of processes, memory, disk, files and output. Each is bounded by the test,
so that a sandbox without the limit fails it and the machine lives on.
"""

import hashlib

import pytest

from core.execution import Ending
from core.protocols import Sandbox
from tests.sandbox.conftest import FILE_BYTES, MEMORY_BYTES, OUTPUT_BYTES, PROCESSES, sh

from .conftest import attack, run

RUNNERS = 20
"""Processes that a sandbox may allow itself beyond those that it allows a command."""


def assert_usable(sandbox: Sandbox) -> None:
    """As if nothing had been."""
    line = "cat README && ls -A /tmp /dev/shm ~ | wc -w && head -c 1000000 /dev/zero > /tmp/x && sh -c 'true & wait'"
    result = sh(sandbox, line)
    assert result.succeeded, result.failure
    assert result.stdout.text.startswith("read me\n")


FORK_BOMB = """
import time
def fork_all(depth):
    for _ in range(8):
        try:
            if not os.fork():
                if depth:
                    fork_all(depth - 1)
                time.sleep(60)
                os._exit(0)
        except OSError:
            return
fork_all(3)
time.sleep(0.5)
print(sum(name.isdigit() for name in os.listdir("/proc")))
"""


def test_a_fork_bomb_stays_small(sandbox: Sandbox) -> None:
    assert int(attack(sandbox, FORK_BOMB)) < PROCESSES + RUNNERS
    assert_usable(sandbox)


def test_a_bomb_of_threads_stays_small(sandbox: Sandbox) -> None:
    program = """
import threading, time
made = 0
try:
    for made in range(1000):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
except RuntimeError:
    pass
print(made, flush=True)
os._exit(0)
"""
    assert int(attack(sandbox, program)) < PROCESSES + RUNNERS
    assert_usable(sandbox)


MEMORY_BOMBS = {
    "private": "kept.append(b'1' * STEP)",
    "shared": "kept.append(mmap.mmap(-1, STEP)); kept[-1].write(b'1' * STEP)",
    "memfd": "kept.append(os.memfd_create('bomb')); os.write(kept[-1], b'1' * STEP)",
    "files in memory": "open(f'/dev/shm/{len(kept)}', 'wb').write(b'1' * STEP); kept.append(1)",
}
MEMORY_BOMB = f"""
import mmap
STEP, kept, taken = 1 << 24, [], 0
try:
    while taken < {3 * MEMORY_BYTES // 2}:
        WAY
        taken += STEP
    print("GOT", taken)
except (MemoryError, OSError) as error:
    print("stopped", taken, repr(error))
"""


@pytest.mark.parametrize("way", ["private", "files in memory"])
def test_a_memory_bomb_ends_what_lit_it(sandbox: Sandbox, way: str) -> None:
    light(sandbox, MEMORY_BOMBS[way])


@pytest.mark.parametrize("way", ["shared", "memfd"])
def test_a_bomb_of_memory_that_is_no_process_s_own_ends_what_lit_it(counted: Sandbox, way: str) -> None:
    light(counted, MEMORY_BOMBS[way])


def light(sandbox: Sandbox, way: str) -> None:
    result = run(sandbox, MEMORY_BOMB.replace("WAY", way))
    stopped = result.ending is Ending.OUT_OF_MEMORY or result.stdout.text.startswith("stopped")
    assert stopped, (result.ending, result.stdout.text)
    assert_usable(sandbox)


def test_a_memory_bomb_of_many_processes_ends_what_lit_it(sandbox: Sandbox) -> None:
    program = f"""
import time
for _ in range(6):
    if not os.fork():
        kept = b"1" * {MEMORY_BYTES // 4}
        time.sleep(20)
        os._exit(0)
while True:
    os.wait()
"""
    result = run(sandbox, program)
    assert result.ending is Ending.OUT_OF_MEMORY, result.failure
    assert result.wall_seconds < 20
    assert_usable(sandbox)


DISK_BOMB = """
written = number = 0
os.chdir(sys.argv[1])
try:
    for number in range(int(sys.argv[2])):
        with open(f"bomb{number}", "wb") as file:
            written += file.write(bytes(1 << 22))
    print("GOT", written)
except OSError as error:
    print(error.strerror, written)
"""


@pytest.mark.parametrize("place", ["/tmp", "/dev/shm", "/home/user"])
def test_a_disk_bomb_fills_what_is_private_and_no_more(sandbox: Sandbox, place: str) -> None:
    assert attack(sandbox, DISK_BOMB, place, 2 * FILE_BYTES >> 22).startswith("No space left on device")
    assert_usable(sandbox)


INODE_BOMB = """
os.chdir(sys.argv[1])
made = 0
try:
    for made in range(300_000):
        os.close(os.open(str(made), os.O_CREAT | os.O_WRONLY))
    print("GOT", made)
except OSError as error:
    print(error.strerror, made)
"""


@pytest.mark.parametrize("place", ["/tmp", "/dev/shm", "/home/user"])
def test_an_inode_bomb_takes_inodes_of_the_sandbox_only(sandbox: Sandbox, place: str) -> None:
    """Kernel memory of a file system of its own: it is gone with the command, and its size is the sandbox's memory."""
    run(sandbox, INODE_BOMB, place)
    assert sh(sandbox, f"ls -A {place} | wc -l").stdout.data == b"0\n"
    assert_usable(sandbox)


LOG_BOMB = "while True: os.write(1, b'x' * 65536); os.write(2, b'y' * 65536)"


def test_a_log_bomb_is_counted_and_not_kept(sandbox: Sandbox) -> None:
    result = run(sandbox, LOG_BOMB, timeout_seconds=1.5)
    assert result.ending is Ending.TIMED_OUT
    assert result.stdout.size > 100 * OUTPUT_BYTES
    assert result.stdout.sha256 == hashlib.sha256(b"x" * result.stdout.size).hexdigest()
    assert max(len(result.stdout.data), len(result.stderr.data)) < OUTPUT_BYTES + 100
    assert_usable(sandbox)


@pytest.mark.parametrize("kind", ["NOFILE", "FSIZE", "CORE"])
def test_a_limit_can_not_be_raised(sandbox: Sandbox, kind: str) -> None:
    program = """
import resource
kind = getattr(resource, "RLIMIT_" + sys.argv[1])
soft, hard = resource.getrlimit(kind)
print(hard != resource.RLIM_INFINITY)
tell(resource.setrlimit, kind, (hard + 1, hard + 1))
tell(resource.setrlimit, kind, (-1, -1))
"""
    seen = attack(sandbox, program, kind).splitlines()
    assert seen[0] == "True"
    assert not [line for line in seen if line.startswith("GOT")]


def test_the_number_of_open_files_is_limited(sandbox: Sandbox) -> None:
    program = """
kept = []
try:
    while len(kept) < 10_000:
        kept.append(os.open("/dev/null", os.O_RDONLY))
    print("GOT", len(kept))
except OSError as error:
    print(error.strerror)
"""
    assert attack(sandbox, program) == "Too many open files\n"


def test_standard_input_that_is_fed_for_ever_ends(sandbox: Sandbox) -> None:
    """A command that holds up its own pipes only holds up itself."""
    result = run(sandbox, "os.close(1); os.close(2); import time; time.sleep(60)", timeout_seconds=0.5)
    assert result.ending is Ending.TIMED_OUT
    assert_usable(sandbox)
