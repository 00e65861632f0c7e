"""What every sandbox promises, for each backend: how commands start, talk and end.

What they cost is in test_sandbox_costs.py, what they leave in test_sandbox_traces.py, and what only one backend can
promise in its own file.
"""

import hashlib
import os
import threading
import time
from pathlib import Path

import pytest

from core.conduct import misconduct
from core.errors import SandboxError
from core.execution import Command, Ending
from core.protocols import Sandbox

from .conftest import OUTPUT_BYTES, Prepared, python, sh


def processes_with(word: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and word.encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return [pid for pid in found if pid != os.getpid()]


@pytest.mark.parametrize("code", [0, 1, 7, 126, 127, 128, 137, 139, 143, 255])
def test_the_exit_code_is_reported(sandbox: Sandbox, code: int) -> None:
    result = sh(sandbox, f"exit {code}")
    assert (result.ending, result.exit_code, result.succeeded) == (Ending.EXITED, code, code == 0)


@pytest.mark.parametrize("number", [1, 2, 6, 9, 11, 13, 15, 31, 64])
def test_a_signal_is_reported_as_its_negative_number(sandbox: Sandbox, number: int) -> None:
    result = sh(sandbox, f"kill -{number} $$")
    assert (result.ending, result.exit_code) == (Ending.SIGNALLED, -number)


def test_a_real_crash_is_told_apart_from_its_exit_code_in_shells(sandbox: Sandbox) -> None:
    crash = python(sandbox, "import ctypes; ctypes.string_at(0)")
    assert (crash.ending, crash.exit_code) == (Ending.SIGNALLED, -11)
    said = sh(sandbox, "sh -c 'kill -SEGV $$'; exit $?")
    assert (said.ending, said.exit_code) == (Ending.EXITED, 139)


def test_signals_have_their_default_effect(sandbox: Sandbox) -> None:
    """Nothing of what the runner ignores or blocks is handed on."""
    status = sh(sandbox, "grep -E 'Sig(Blk|Ign)' /proc/self/status").stdout.text.split()
    # Two signals are the C library's own: it lets nobody set them, so they are as whoever started us left them.
    its_own = 1 << 31 | 1 << 32
    assert (status[:3], int(status[3], 16) & ~its_own) == (["SigBlk:", "0" * 16, "SigIgn:"], 0)


def test_a_missing_program_is_data(sandbox: Sandbox) -> None:
    result = sandbox.run(Command(argv=("no-such-program",), timeout_seconds=10))
    assert result.exit_code == 127
    assert "no-such-program" in result.failure


MARK = str(900_000_000 + os.getpid())
"""What our own commands are known by on this machine, where others may be running the same tests."""


def marked(line: str) -> str:
    return line.replace("987654", MARK)


RELAY = "python -c 'import os\nwhile True:\n if os.fork(): os._exit(0)  # 987654' & sleep 987654"
"""A process that is always another one."""
BREEDING = """sh -c 'while :; do sh -c "sleep 0.01; : 987654" & done' & sleep 987654"""
"""Processes that start others without end. A shell is slow enough to leave the machine usable if nobody stops it."""


@pytest.mark.parametrize(
    "line",
    [
        "sleep 987654",
        "trap '' TERM INT HUP; sleep 987654",
        "setsid sleep 987654 & sleep 987654",
        "(setsid sh -c 'sleep 987654 &' &) ; sleep 987654",
        "sleep 987654 & kill -STOP $!; kill -STOP $$",
        "while :; do :; done",
        "exec >&- 2>&- <&-; sleep 987654",
        BREEDING,
        f"trap '' TERM HUP INT; setsid {BREEDING} & sleep 987654",
    ],
)
def test_when_the_time_is_up_the_whole_tree_is_killed(sandbox: Sandbox, line: str) -> None:
    result = sh(sandbox, marked(line), timeout_seconds=0.3)
    assert (result.ending, result.exit_code) == (Ending.TIMED_OUT, -9)
    assert 0.3 <= result.wall_seconds < 1.3
    assert processes_with(MARK) == []


def test_a_process_that_is_always_another_one_is_killed_as_well(prepared: Prepared, sandbox: Sandbox) -> None:
    result = sh(sandbox, marked(RELAY), timeout_seconds=0.3)
    assert result.ending is Ending.TIMED_OUT
    assert processes_with(MARK) == []
    # Without a process namespace it has to be run after.
    assert prepared.provider.name == "unsafe" or result.wall_seconds < 1.3


def test_what_was_printed_before_the_time_was_up_is_kept(sandbox: Sandbox) -> None:
    assert sh(sandbox, "echo before; sleep 60", timeout_seconds=0.5).stdout.data == b"before\n"


def test_processes_left_behind_end_with_the_command(sandbox: Sandbox) -> None:
    result = sh(sandbox, marked("(setsid sleep 987654 &) ; sleep 987654 & echo done"))
    assert result.stdout.data == b"done\n"
    assert result.wall_seconds < 30
    assert processes_with(MARK) == []


def test_processes_left_behind_are_counted(sandbox: Sandbox) -> None:
    assert sh(sandbox, "sleep 60 & setsid sleep 60 & (setsid sleep 60 &) ; exit 0").left_behind == 3
    assert sh(sandbox, "sleep 0 & setsid true; cat /dev/null | cat; wait").left_behind == 0


ORPHAN = """
import os, time
if os.fork():
    print(499500, flush=True)
    os._exit(0)
os.setsid()
time.sleep(5)  # the work, when nobody looks any more
"""


def test_an_answer_before_the_work_is_done_looks_right_but_for_what_is_left_behind(sandbox: Sandbox) -> None:
    honest, cheat = python(sandbox, "print(sum(range(1000)))"), python(sandbox, ORPHAN)
    assert cheat.succeeded
    assert cheat.stdout == honest.stdout
    assert "left 1 process running" in misconduct(cheat, [honest])


def test_a_process_that_ends_because_the_command_does_is_not_left_behind(sandbox: Sandbox) -> None:
    """As helpers of multiprocessing do, when their pipe is closed."""
    follower = (
        "import os, sys\nr, w = os.pipe()\nif os.fork() == 0:\n    os.close(w)\n    os.read(r, 1)\n    os._exit(0)\n"
    )
    assert python(sandbox, follower).left_behind == 0


def test_a_command_that_changes_its_priority_is_told_from_one_that_does_not(sandbox: Sandbox) -> None:
    assert not python(sandbox, "pass").reprioritised
    assert python(sandbox, "import os; os.nice(5)").reprioritised
    batch = "import os; os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0)); os._exit(0)"
    assert python(sandbox, batch).reprioritised


def test_a_command_ends_although_a_process_left_behind_holds_its_output(sandbox: Sandbox) -> None:
    result = sh(sandbox, marked("trap '' HUP TERM; sleep 987654 & echo done; exit 3"))
    assert (result.stdout.data, result.exit_code) == (b"done\n", 3)
    assert processes_with(MARK) == []


def test_output_is_kept_as_bytes(sandbox: Sandbox) -> None:
    result = python(sandbox, "import sys; sys.stdout.buffer.write(bytes(range(256))); sys.stderr.write('err')")
    assert result.stdout.data == bytes(range(256))
    assert result.stderr.data == b"err"


def test_long_output_is_cut_in_the_middle_but_hashed_whole(sandbox: Sandbox) -> None:
    result = python(sandbox, "print('start' + 'x' * 3_000_000 + 'end', end='')")
    whole = b"start" + b"x" * 3_000_000 + b"end"
    assert result.stdout.size == len(whole)
    assert result.stdout.sha256 == hashlib.sha256(whole).hexdigest()
    assert result.stdout.data.startswith(b"startx")
    assert result.stdout.data.endswith(b"xend")
    assert b"bytes left out" in result.stdout.data
    assert len(result.stdout.data) < OUTPUT_BYTES + 100


def test_both_streams_are_limited_on_their_own(sandbox: Sandbox) -> None:
    code = "import sys; [print('x' * 9999, file=file) for _ in range(100) for file in (sys.stdout, sys.stderr)]"
    result = python(sandbox, code)
    assert [result.stdout.size, result.stderr.size] == [1_000_000, 1_000_000]
    assert result.stdout.data == result.stderr.data


def test_output_of_just_the_limit_is_kept_whole(sandbox: Sandbox) -> None:
    result = python(sandbox, f"print('x' * ({OUTPUT_BYTES} - 1))")
    assert result.stdout.data == b"x" * (OUTPUT_BYTES - 1) + b"\n"


@pytest.mark.parametrize("content", [b"", b"a\0\xff\n", b"long" * 500_000])
def test_standard_input_arrives_whole(sandbox: Sandbox, content: bytes) -> None:
    result = sandbox.run(Command(argv=("sha256sum",), timeout_seconds=10, stdin=content))
    assert result.stdout.text.split()[0] == hashlib.sha256(content).hexdigest()


def test_standard_input_that_nobody_reads_is_no_trouble(sandbox: Sandbox) -> None:
    assert sandbox.run(Command(argv=("true",), timeout_seconds=10, stdin=b"long" * 500_000)).succeeded


@pytest.mark.parametrize("argument", ["grüße ♥", "", "a b", "-n", "a'b\"c$d`e\\", "new\nline", "\udcff bytes"])
def test_arguments_arrive_as_they_are(sandbox: Sandbox, argument: str) -> None:
    result = python(sandbox, "import os, sys; sys.stdout.buffer.write(os.fsencode(sys.argv[1]))", argument)
    assert result.stdout.data == os.fsencode(argument)


def test_commands_start_in_the_checkout_with_unicode_names(sandbox: Sandbox) -> None:
    result = sh(sandbox, "pwd; cat grüße.txt")
    assert result.stdout.text == f"{sandbox.layout.repo}\nhallo\n"


def test_the_environment_holds_what_setup_made(sandbox: Sandbox) -> None:
    result = python(sandbox, "import pkg, sys; print(pkg.VALUE, pkg.__file__, sys.prefix)")
    assert result.stdout.text.split() == ["1", f"{sandbox.layout.repo}/pkg/__init__.py", str(sandbox.layout.env)]
    assert sh(sandbox, "cat built.txt").stdout.data == b"generated\n"


def test_samples_find_fresh_bytecode(sandbox: Sandbox) -> None:
    code = "import importlib.util, os; print(os.path.exists(importlib.util.cache_from_source('pkg/__init__.py')))"
    assert python(sandbox, code).stdout.data == b"True\n"


def test_no_variable_of_the_host_is_inherited(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hush")
    seen = dict(line.split("=", 1) for line in sh(sandbox, "env").stdout.text.splitlines())
    assert set(seen) == {
        "PATH", "HOME", "TMPDIR", "VIRTUAL_ENV", "LANG", "TZ", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "PWD",
    }  # fmt: skip
    assert (seen["TZ"], seen["PYTHONHASHSEED"]) == ("UTC", "0")


def test_variables_of_the_command_are_added(sandbox: Sandbox) -> None:
    command = Command(
        argv=("/bin/sh", "-c", "echo $MINE $TZ"), timeout_seconds=5, environment={"MINE": "ä b", "TZ": "X"}
    )
    assert sandbox.run(command).stdout.text == "ä b X\n"


def test_clock_locale_and_hash_seed_are_fixed(sandbox: Sandbox) -> None:
    code = "import locale, sys, time; print(time.tzname, locale.getpreferredencoding(), hash('seed'), sys.flags.hash_randomization)"
    seen = [python(sandbox, code).stdout.text for _ in range(2)]
    assert seen[0] == seen[1]
    assert seen[0].startswith("('UTC', 'UTC') UTF-8 ")
    assert seen[0].endswith(" 0\n")
    assert (
        sh(sandbox, "date +%Z; locale 2>/dev/null | grep -v 'C.UTF-8' | grep -v -E '^(LANGUAGE|LC_ALL)='").stdout.data
        == b"UTC\n"
    )


def test_the_clock_is_the_host_s(sandbox: Sandbox) -> None:
    before = time.time()
    assert before <= float(python(sandbox, "import time; print(time.time())").stdout.text) <= time.time()


def test_tools_are_found_in_the_layout(sandbox: Sandbox) -> None:
    assert sh(sandbox, f"cat {sandbox.layout.tools}/tool/hello.txt").stdout.data == b"hello from the tool\n"


TRAPS = r"""
import os, socket, sys
os.chdir(sys.argv[1])
open("plain", "wb").write(b"\0a")
open("grüße", "w").write("ü")
open("empty", "w").close()
os.symlink("/etc/passwd", "link")
os.symlink("plain", "inner link")
os.mkdir("folder")
open("folder/file", "w").write("deep")
os.mkfifo("pipe")
socket.socket(socket.AF_UNIX).bind("socket")
os.link("plain", "hard link")
open("secret", "w").write("mode"); os.chmod("secret", 0)
"""


def test_of_the_out_folder_only_plain_files_are_collected(sandbox: Sandbox) -> None:
    names = ("plain", "grüße", "empty", "link", "inner link", "folder", "pipe", "socket", "hard link", "missing")
    argv = (sandbox.layout.python, "-c", TRAPS, str(sandbox.layout.out))
    result = sandbox.run(Command(argv=argv, timeout_seconds=10, collect=names))
    assert result.succeeded, result.failure
    assert dict(result.files) == {"plain": b"\0a", "grüße": "ü".encode(), "empty": b"", "hard link": b"\0a"}


def test_files_are_collected_whatever_the_ending(sandbox: Sandbox) -> None:
    line = f"echo made > {sandbox.layout.out}/file; sleep 60"
    command = Command(argv=("/bin/sh", "-c", line), timeout_seconds=0.5, collect=("file",))
    result = sandbox.run(command)
    assert (result.ending, dict(result.files)) == (Ending.TIMED_OUT, {"file": b"made\n"})


def test_a_file_of_some_size_comes_out_whole(sandbox: Sandbox) -> None:
    line = f"head -c 20000000 /dev/zero > {sandbox.layout.out}/big"
    result = sandbox.run(Command(argv=("/bin/sh", "-c", line), timeout_seconds=30, collect=("big",)))
    assert result.files["big"] == bytes(20_000_000)


def test_a_spawner_that_dies_is_an_error_of_the_sandbox(prepared: Prepared) -> None:
    if prepared.provider.name != "unsafe":
        pytest.skip("there is no spawner: the runner is the container's PID 1, and a lost container is made anew")

    others = spawners()

    def kill_spawner() -> None:
        deadline = time.monotonic() + 10
        while not processes_with(MARK) and time.monotonic() < deadline:
            time.sleep(0.02)
        for pid in spawners() - others:
            os.kill(pid, 15)

    thread = threading.Thread(target=kill_spawner)
    with prepared.provider.open(prepared.environment, {}) as sandbox:
        thread.start()
        with pytest.raises(SandboxError, match="spawner"):
            sh(sandbox, marked("sleep 987654"))
    thread.join()
    for pid in processes_with(MARK):
        os.kill(pid, 9)


def spawners() -> set[int]:
    """Those of this process."""
    found = processes_with("sandbox.runner.spawner")
    parents = {pid: (Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[1] for pid in found}
    return {pid for pid, parent in parents.items() if int(parent) == os.getpid()}
