"""What every sandbox measures and limits: time, processor time, memory, processes and disk."""

import pytest

from core.execution import Command, Ending
from core.protocols import Sandbox

from .conftest import DISK_BYTES, FILE_BYTES, MEMORY_BYTES, PROCESSES, python, sh

RUNNERS = 20
"""Processes that a sandbox may allow itself beyond those that it allows a command."""

HOLD = """
import subprocess, sys
code = "import sys, time; x = b'1' * int(sys.argv[1]); print(len(x), flush=True); time.sleep(float(sys.argv[2]))"
children = [subprocess.Popen([sys.executable, "-c", code, *sys.argv[2:]]) for _ in range(int(sys.argv[1]))]
sys.exit(max(abs(child.wait()) for child in children))
"""
"""So many children that hold so many bytes each for so many seconds, at the same time."""


def test_memory_is_that_of_the_largest_process_of_the_tree(sandbox: Sandbox) -> None:
    small = sh(sandbox, "true").peak_memory_bytes
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'x = b\"1\" * 200_000_000'])"
    assert small < 6_000_000
    assert 200_000_000 < python(sandbox, code).peak_memory_bytes < 240_000_000


def test_memory_of_processes_that_live_at_the_same_time_is_added_up(walled: Sandbox) -> None:
    assert 280_000_000 < python(walled, HOLD, "2", "150000000", "1").peak_memory_bytes < 400_000_000


def test_memory_of_a_command_is_not_that_of_the_one_before(sandbox: Sandbox) -> None:
    python(sandbox, "x = b'1' * 200_000_000")
    assert python(sandbox, "pass").peak_memory_bytes < 40_000_000


def test_cpu_time_is_that_of_the_whole_tree(sandbox: Sandbox) -> None:
    busy = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    code = f"import subprocess, sys; [subprocess.run([sys.executable, '-c', {busy!r}]) for _ in range(2)]"
    assert 0.6 <= python(sandbox, code).cpu_seconds < 3
    assert sh(sandbox, "sleep 0.3").cpu_seconds < 0.1


IGNORING = """
import signal, subprocess, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
busy = "import time; end = time.process_time() + 0.5\\nwhile time.process_time() < end: pass"
subprocess.Popen([sys.executable, "-c", busy]).wait()
"""


def test_cpu_time_of_children_that_nobody_waits_for_counts(counted: Sandbox) -> None:
    """The kernel adds nothing to a parent that ignores SIGCHLD."""
    assert 0.5 <= python(counted, IGNORING).cpu_seconds < 3


def test_cpu_time_does_not_go_on_from_command_to_command(sandbox: Sandbox) -> None:
    python(sandbox, "import time; end = time.process_time() + 0.5\nwhile time.process_time() < end: pass")
    assert sh(sandbox, "true").cpu_seconds < 0.1


def test_a_process_may_not_take_more_memory_than_allowed(sandbox: Sandbox) -> None:
    result = python(sandbox, f"x = b'1' * {2 * MEMORY_BYTES}")
    assert result.ending is Ending.OUT_OF_MEMORY or b"MemoryError" in result.stderr.data
    assert result.peak_memory_bytes < 1.2 * MEMORY_BYTES


def test_a_tree_that_takes_more_memory_than_allowed_is_out_of_memory(walled: Sandbox) -> None:
    result = python(walled, HOLD, "4", str(MEMORY_BYTES // 3), "20")
    assert (result.ending, result.exit_code) == (Ending.OUT_OF_MEMORY, -9)
    assert result.peak_memory_bytes > MEMORY_BYTES // 2
    assert python(walled, HOLD, "2", str(MEMORY_BYTES // 3), "0").succeeded


def test_being_out_of_memory_can_not_be_hidden_by_a_parent_that_goes_on(walled: Sandbox) -> None:
    hiding = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLD!r}, *sys.argv[1:]])"
    result = python(walled, hiding, "4", str(MEMORY_BYTES // 3), "20")
    assert result.ending is Ending.OUT_OF_MEMORY, result.failure


def test_a_command_that_kills_itself_or_is_too_slow_with_much_memory_is_not_out_of_memory(sandbox: Sandbox) -> None:
    much = "x = b'1' * 200_000_000"
    killed = python(sandbox, f"import os; {much}; os.kill(os.getpid(), 9)")
    late = python(sandbox, f"import time; {much}; time.sleep(60)", timeout_seconds=1)
    assert [killed.ending, killed.exit_code] == [Ending.SIGNALLED, -9]
    assert late.ending is Ending.TIMED_OUT


def test_the_number_of_processes_is_limited(walled: Sandbox) -> None:
    code = """
import os, time
made = 0
try:
    for made in range(2000):
        if not os.fork():
            time.sleep(60)
            os._exit(0)
except OSError as error:
    print(made, error.strerror)
"""
    made, reason = python(walled, code).stdout.text.split(maxsplit=1)
    assert PROCESSES // 2 < int(made) < PROCESSES + RUNNERS
    assert reason == "Resource temporarily unavailable\n"


FILL = f"""
import os, sys
os.chdir(sys.argv[1])
written = 0
try:
    for number in range({3 * FILE_BYTES >> 20}):
        with open(f"fill{{number}}", "wb") as file:
            written += file.write(bytes(1 << 20))
except OSError as error:
    print(error.strerror, end=" ")
print(written)
"""


@pytest.mark.parametrize("place", ["/tmp", "/dev/shm", "/home/user"])
def test_a_full_disk_is_trouble_of_the_command_that_filled_it_and_of_no_other(walled: Sandbox, place: str) -> None:
    full = python(walled, FILL, place).stdout.text
    assert full.startswith("No space left on device "), full
    assert int(full.split()[-1]) <= FILE_BYTES
    assert (
        sh(walled, f"ls -A {place}; head -c {FILE_BYTES // 2} /dev/zero > {place}/x && rm {place}/x").stdout.data == b""
    )


@pytest.mark.parametrize("place", ["/repo", "/out"])
def test_filling_the_checkout_is_stopped(walled: Sandbox, place: str) -> None:
    """By a file system that is full or, where it is a folder of the host, by the end of the command."""
    more_than_allowed = FILL.replace(str(3 * FILE_BYTES >> 20), str(DISK_BYTES >> 19))
    result = python(walled, more_than_allowed, place)
    assert not result.succeeded or result.stdout.text.startswith("No space left on device ")
    assert sh(walled, f"ls -A {place} | grep -c fill; cat README").stdout.text == "0\nread me\n"


def test_the_size_of_a_file_is_limited(sandbox: Sandbox) -> None:
    result = sh(sandbox, f"head -c {2 * FILE_BYTES} /dev/zero > $TMPDIR/big; wc -c < $TMPDIR/big")
    assert int(result.stdout.text) <= FILE_BYTES


def test_many_files_are_no_trouble(sandbox: Sandbox) -> None:
    code = """
import os
for folder in range(40):
    os.mkdir(f"many{folder}")
    for name in range(100):
        open(f"many{folder}/{name}", "w").close()
"""
    assert python(sandbox, code).succeeded
    assert sh(sandbox, "ls | grep -c many").stdout.data == b"0\n"


def test_a_limit_that_a_command_lowers_for_itself_is_not_the_next_one_s(sandbox: Sandbox) -> None:
    line = "ulimit -n; ulimit -c; ulimit -u; ulimit -f"
    before = sh(sandbox, line).stdout.data
    assert sh(sandbox, "ulimit -n 10; ulimit -f 1; true").succeeded
    assert sh(sandbox, line).stdout.data == before


def test_a_command_of_no_time_at_all_is_timed_out(sandbox: Sandbox) -> None:
    result = sandbox.run(Command(argv=("sleep", "60"), timeout_seconds=0.0))
    assert result.ending is Ending.TIMED_OUT
