"""Reaching other processes: the host's, and the sandbox's own that judges the command."""

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from core.execution import Command, Ending
from core.protocols import Sandbox
from tests.sandbox.conftest import Prepared, sh

from .conftest import attack, outside, run


@pytest.fixture
def victim() -> Iterator[subprocess.Popen[bytes]]:
    """A process of the host."""
    with subprocess.Popen([sys.executable, "-c", "input('ready\\n')"], stdin=-1, stdout=-1) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == b"ready\n"
        yield process
        assert process.poll() is None
        process.stdin.write(b"\n")


def assert_the_judge_is_well(sandbox: Sandbox) -> None:
    """It tells of a command what is true."""
    result = sandbox.run(Command(argv=("/bin/sh", "-c", "echo said; exit 7"), timeout_seconds=10))
    assert (result.ending, result.exit_code, result.stdout.data) == (Ending.EXITED, 7, b"said\n")
    assert result.wall_seconds < 5


def test_processes_of_the_host_have_no_number_inside(sandbox: Sandbox, victim: subprocess.Popen[bytes]) -> None:
    program = """
tell(os.kill, int(sys.argv[1]), 0)
tell(os.listdir, f"/proc/{sys.argv[1]}")
"""
    assert "GOT None" in outside(program, victim.pid)
    assert attack(sandbox, program, victim.pid) == "ESRCH\nENOENT\n"


def test_a_signal_to_everybody_reaches_nobody_outside(sandbox: Sandbox, victim: subprocess.Popen[bytes]) -> None:
    program = "import signal\nsignal.signal(15, signal.SIG_IGN)\ntell(os.kill, -1, 15)\ntell(os.kill, -1, 18)"
    attack(sandbox, program)
    assert victim.poll() is None
    assert_the_judge_is_well(sandbox)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGINT, signal.SIGCHLD])
def test_the_init_process_can_not_be_signalled_away(sandbox: Sandbox, number: signal.Signals) -> None:
    program = """
import time
for pid in (1, os.getppid()):
    for _ in range(50):
        tell(os.kill, pid, int(sys.argv[1]))
    tell(lambda: __import__("signal").pidfd_send_signal(os.pidfd_open(pid), int(sys.argv[1])))
time.sleep(0.2)
print("alive")
"""
    assert attack(sandbox, program, int(number)).endswith("alive\n")
    assert_the_judge_is_well(sandbox)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_signals_to_everybody_do_not_reach_the_judge(sandbox: Sandbox, number: signal.Signals) -> None:
    result = run(sandbox, "tell(os.kill, -1, int(sys.argv[1])); os.killpg(0, 9)", int(number))
    assert (result.ending, result.exit_code) == (Ending.SIGNALLED, -9)
    assert_the_judge_is_well(sandbox)


TRACE = """
PTRACE_ATTACH, PTRACE_SEIZE = 16, 0x4206
libc.ptrace.restype = ctypes.c_long
for pid in {1, os.getppid()}:
    tell(call, "ptrace", PTRACE_SEIZE, pid, None, None)
    tell(call, "ptrace", PTRACE_ATTACH, pid, None, None)
"""


def test_the_init_process_can_not_be_traced(sandbox: Sandbox) -> None:
    result = run(sandbox, TRACE, timeout_seconds=5)
    assert (result.exit_code, "GOT" in result.stdout.text) == (0, False), result
    assert_the_judge_is_well(sandbox)


MEMORY = """
import struct
for pid in {1, os.getppid()}:
    tell(lambda: open(f"/proc/{pid}/mem", "rb+"))
    tell(read, f"/proc/{pid}/maps")
    buffer = ctypes.create_string_buffer(8)
    ours = (ctypes.c_uint64 * 2)(ctypes.addressof(buffer), 8)
    theirs = (ctypes.c_uint64 * 2)(0x400000, 8)
    try:
        call("process_vm_readv", pid, ours, 1, theirs, 1, 0)
        print("GOT", buffer.raw)
    except OSError as error:
        # EFAULT would mean: allowed, but nothing is there.
        print("GOT" if error.errno == errno.EFAULT else "refused", error)
"""


def test_the_memory_of_the_init_process_can_neither_be_read_nor_written(sandbox: Sandbox) -> None:
    assert "GOT" not in attack(sandbox, MEMORY)


@pytest.mark.parametrize("name", ["environ", "auxv", "syscall", "stack", "exe", "cwd/README", "root/etc/passwd", "io"])
def test_what_the_kernel_tells_of_the_init_process_is_not_for_the_code_under_test(sandbox: Sandbox, name: str) -> None:
    assert "GOT" not in attack(sandbox, "tell(read, f'/proc/1/{sys.argv[1]}')", name).replace("GOT b''", "")


@pytest.mark.parametrize(
    "name", ["oom_score_adj", "coredump_filter", "timerslack_ns", "comm", "clear_refs", "attr/exec"]
)
def test_nothing_about_the_init_process_can_be_set(sandbox: Sandbox, name: str) -> None:
    """The OOM killer would otherwise take the judge first."""
    assert "GOT" not in attack(sandbox, "tell(write, f'/proc/1/{sys.argv[1]}', '1000')", name)


STEAL = """
PIDFD_GETFD = 438
for pid in {1, os.getppid()}:
    for number in range(20):
        tell(os.readlink, f"/proc/{pid}/fd/{number}")
        tell(os.open, f"/proc/{pid}/fd/{number}", os.O_RDWR | os.O_NONBLOCK)
        tell(os.open, f"/proc/{pid}/fd/{number}", os.O_WRONLY | os.O_NONBLOCK)
        tell(lambda: call("syscall", PIDFD_GETFD, os.pidfd_open(pid), number, 0))
"""


def test_the_judge_s_channels_can_not_be_taken(sandbox: Sandbox) -> None:
    assert "GOT" not in attack(sandbox, STEAL)


LIMIT = """
RLIMIT_NOFILE, RLIMIT_CPU = 7, 0
for pid in {1, os.getppid()}:
    for kind in (RLIMIT_NOFILE, RLIMIT_CPU):
        tell(lambda: __import__("resource").prlimit(pid, kind, (1, 1)))
    tell(os.sched_setaffinity, pid, {0})
    tell(os.sched_setscheduler, pid, os.SCHED_IDLE, os.sched_param(0))
    tell(os.setpriority, os.PRIO_PROCESS, pid, 19)
    tell(os.setpriority, os.PRIO_PGRP, pid, 19)
    tell(call, "syscall", 251, 1, pid, 3 << 13)
tell(os.setpriority, os.PRIO_USER, os.getuid(), 19)
"""


def test_the_judge_can_not_be_slowed_down_or_limited(sandbox: Sandbox) -> None:
    assert "GOT" not in attack(sandbox, LIMIT)
    assert sh(sandbox, "nice").stdout.data == b"0\n"
    assert_the_judge_is_well(sandbox)


def test_a_command_can_not_get_ahead_of_others(sandbox: Sandbox) -> None:
    program = """
tell(os.nice, -10)
tell(os.sched_setscheduler, 0, os.SCHED_FIFO, os.sched_param(10))
tell(os.sched_setscheduler, 0, os.SCHED_RR, os.sched_param(10))
tell(call, "mlockall", 4) if os.sysconf("SC_PAGE_SIZE") == 0 else print("asked")
tell(write, "/proc/self/oom_score_adj", "-1000")
"""
    assert "GOT" not in attack(sandbox, program)


CHANNEL = """
for number in range(3, 1024):
    try:
        os.write(number, b'{"exit_code": 0, "wall": 0.0, "cpu": 0.0, "memory": 0, "timed_out": false}\\n')
        print("GOT", number)
    except OSError:
        pass
print('{"exit_code": 0, "wall": 0.0}')
print('{"exit_code": 0, "wall": 0.0}', file=sys.stderr, flush=True)
sys.stdout.flush()
os._exit(9)
"""


def test_an_answer_can_not_be_forged(sandbox: Sandbox) -> None:
    result = run(sandbox, CHANNEL)
    assert (result.exit_code, result.stdout.text) == (9, '{"exit_code": 0, "wall": 0.0}\n')


def test_a_command_can_not_pass_for_another_by_what_it_calls_itself(sandbox: Sandbox) -> None:
    program = """
PR_SET_NAME, PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG = 15, 36, 1
call("prctl", PR_SET_NAME, b"python) S 0 1 1", 0, 0, 0)
call("prctl", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
if os.fork():
    os._exit(11)
os.setsid()
import time
time.sleep(60)
"""
    result = run(sandbox, program)
    assert (result.ending, result.exit_code) == (Ending.EXITED, 11)
    assert_the_judge_is_well(sandbox)


FASTER = """
import signal, time
if os.fork():
    time.sleep(0.5)
    os._exit(3)
os.kill(os.getppid(), signal.SIGSTOP)
time.sleep(1.0)
os.kill(os.getppid(), signal.SIGCONT)
"""


def test_time_in_which_a_command_is_stopped_counts(sandbox: Sandbox) -> None:
    result = run(sandbox, FASTER)
    assert result.exit_code == 3
    assert result.wall_seconds >= 1.0


EDITOR = """
import signal, time
for number in set(range(1, 65)) - {9, 19, 32, 33}:
    signal.signal(number, signal.SIG_IGN)
if os.fork():
    time.sleep(0.3)
    os._exit(0)
os.setsid()
out = os.open("/out", os.O_RDONLY)
readme = os.open("README", os.O_RDWR)
while True:
    if os.fork():
        os._exit(0)
    for path in ("/out/result", "/repo/README", "/tmp/result"):
        try:
            write(path, "forged")
        except OSError:
            pass
    os.pwrite(readme, b"forged", 0)
    os.close(os.open("result", os.O_CREAT | os.O_WRONLY, dir_fd=out))
    time.sleep(0.01)
"""


def test_a_process_left_behind_can_not_write_into_the_next_command_s_folders(sandbox: Sandbox) -> None:
    assert run(sandbox, EDITOR).exit_code == 0
    argv = ("/bin/sh", "-c", "sleep 0.3; cat README; ls /tmp")
    result = sandbox.run(Command(argv=argv, timeout_seconds=10, collect=("result",)))
    assert (result.stdout.data, dict(result.files)) == (b"read me\n", {})


def test_a_twin_is_not_reached(prepared: Prepared, sandbox: Sandbox) -> None:
    """Abstract sockets, shared memory and processes of one open sandbox are not there in another."""
    leave = """
import socket, time
left = socket.socket(socket.AF_UNIX)
left.bind("\\0twin")
left.listen()
call("shmget", 777, 4096, 0o1666)
tell(lambda: "made")
"""
    find = """
import socket
tell(socket.socket(socket.AF_UNIX).connect, "\\0twin")
tell(call, "shmget", 777, 0, 0)
"""
    with prepared.provider.open(prepared.environment, {}) as twin:
        assert "GOT" in attack(twin, leave + find)
        assert attack(sandbox, find) == "ECONNREFUSED\nENOENT\n"
