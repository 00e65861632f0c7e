"""What every sandbox promises, for each backend; what only namespaces can promise is in test_bubblewrap.py."""

import hashlib
import os
import threading
import time
from pathlib import Path

import pytest

from core.errors import SandboxError
from core.execution import Command, Ending, ExecResult, shell
from core.protocols import Sandbox


def sh(sandbox: Sandbox, line: str, *, timeout_seconds: float = 30.0) -> ExecResult:
    return sandbox.run(shell(line, timeout_seconds=timeout_seconds))


def python(sandbox: Sandbox, code: str) -> ExecResult:
    return sandbox.run(Command(argv=(sandbox.layout.python, "-c", code), timeout_seconds=60))


def processes_with(word: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and word.encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return [pid for pid in found if pid != os.getpid()]


@pytest.mark.parametrize("code", [0, 1, 7, 127, 255])
def test_the_exit_code_is_reported(sandbox: Sandbox, code: int) -> None:
    result = sh(sandbox, f"exit {code}")
    assert (result.ending, result.exit_code, result.succeeded) == (Ending.EXITED, code, code == 0)


@pytest.mark.parametrize("number", [6, 9, 11, 15])
def test_a_signal_is_reported_as_its_negative_number(sandbox: Sandbox, number: int) -> None:
    result = sandbox.run(Command(argv=("/bin/sh", "-c", f"kill -{number} $$"), timeout_seconds=10))
    assert (result.ending, result.exit_code) == (Ending.SIGNALLED, -number)


def test_a_missing_program_is_data(sandbox: Sandbox) -> None:
    result = sandbox.run(Command(argv=("no-such-program",), timeout_seconds=10))
    assert result.exit_code == 127
    assert "no-such-program" in result.failure


@pytest.mark.parametrize(
    "line",
    [
        "sleep 987654",
        "trap '' TERM INT HUP; sleep 987654",
        "setsid sleep 987654 & sleep 987654",
        "(setsid sh -c 'sleep 987654 &' &) ; sleep 987654",
        "sleep 987654 & kill -STOP $!; kill -STOP $$",
        "while :; do :; done",
    ],
)
def test_when_the_time_is_up_the_whole_tree_is_killed(sandbox: Sandbox, line: str) -> None:
    result = sh(sandbox, line, timeout_seconds=0.3)
    assert (result.ending, result.exit_code) == (Ending.TIMED_OUT, -9)
    assert 0.3 <= result.wall_seconds < 1.3
    assert processes_with("987654") == []


def test_what_was_printed_before_the_time_was_up_is_kept(sandbox: Sandbox) -> None:
    assert sh(sandbox, "echo before; sleep 60", timeout_seconds=0.5).stdout.data == b"before\n"


def test_processes_left_behind_end_with_the_command(sandbox: Sandbox) -> None:
    result = sh(sandbox, "(setsid sleep 876543 &) ; sleep 876543 & echo done")
    assert result.stdout.data == b"done\n"
    assert result.wall_seconds < 30
    assert processes_with("876543") == []


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
    assert len(result.stdout.data) < (1 << 16) + 100


@pytest.mark.parametrize("content", [b"", b"a\0\xff\n", b"long" * 500_000])
def test_standard_input_arrives_whole(sandbox: Sandbox, content: bytes) -> None:
    result = sandbox.run(Command(argv=("sha256sum",), timeout_seconds=10, stdin=content))
    assert result.stdout.text.split()[0] == hashlib.sha256(content).hexdigest()


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
        argv=("/bin/sh", "-c", "echo $MINE $TZ"), timeout_seconds=5, environment={"MINE": "a b", "TZ": "X"}
    )
    assert sandbox.run(command).stdout.data == b"a b X\n"


def test_tools_are_found_in_the_layout(sandbox: Sandbox) -> None:
    assert sh(sandbox, f"cat {sandbox.layout.tools}/tool/hello.txt").stdout.data == b"hello from the tool\n"


def test_files_in_the_out_folder_are_collected_but_no_links_pipes_or_folders(sandbox: Sandbox) -> None:
    line = f"cd {sandbox.layout.out} && printf '\\0a' > plain && ln -s /etc/passwd link && mkdir folder && mkfifo pipe"
    names = ("plain", "link", "folder", "pipe", "missing")
    result = sandbox.run(Command(argv=("/bin/sh", "-c", line), timeout_seconds=10, collect=names))
    assert result.succeeded, result.failure
    assert dict(result.files) == {"plain": b"\0a"}


def test_the_out_folder_is_fresh_for_each_command(sandbox: Sandbox) -> None:
    assert sh(sandbox, f"touch {sandbox.layout.out}/stale $TMPDIR/stale $HOME/stale").succeeded
    assert sh(sandbox, f"ls -A {sandbox.layout.out} $TMPDIR $HOME | grep -c stale").stdout.data == b"0\n"


def test_memory_is_that_of_the_largest_process_of_the_tree(sandbox: Sandbox) -> None:
    small = sh(sandbox, "true").peak_memory_bytes
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'x = b\"1\" * 200_000_000'])"
    assert small < 6_000_000
    assert 200_000_000 < python(sandbox, code).peak_memory_bytes < 240_000_000


def test_cpu_time_is_that_of_the_whole_tree(sandbox: Sandbox) -> None:
    busy = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    code = f"import subprocess, sys; [subprocess.run([sys.executable, '-c', {busy!r}]) for _ in range(2)]"
    assert 0.6 <= python(sandbox, code).cpu_seconds < 3
    assert sh(sandbox, "sleep 0.3").cpu_seconds < 0.1


def test_a_process_may_not_take_more_memory_than_allowed(sandbox: Sandbox) -> None:
    result = python(sandbox, "x = bytearray(9 << 30)")
    assert b"MemoryError" in result.stderr.data


@pytest.mark.parametrize(
    "vandalism",
    [
        "echo changed > README",
        "rm README && ln -s /etc/passwd README",
        "rm -r pkg && ln -s /etc pkg",
        "rm -rf pkg empty link built.txt",
        "mkdir -p new/folder && touch new/folder/file && chmod 000 new/folder new",
        "chmod 000 pkg/deep pkg README",
        "touch -d @0 README && printf 'READ ME\\n' > README && touch -r built.txt README",
        "rm link && mkdir link && rmdir empty && touch empty",
        "mkfifo pipe; ln README hard; ln -s nowhere dangling; mv pkg moved",
        "printf 'VALUE = 2\\n' > pkg/__init__.py; rm -r pkg/__pycache__",
        "find . -delete; true",
        "chmod 777 . && touch ./-f && mkdir ' '",
    ],
)
def test_nothing_that_a_command_does_to_the_checkout_is_seen_by_the_next(sandbox: Sandbox, vandalism: str) -> None:
    picture = (
        "find . -printf '%p %y %m %s %l %T@\\n' | sort; cat README built.txt pkg/__init__.py pkg/deep/inner/data.txt"
    )
    before = sh(sandbox, picture)
    sh(sandbox, vandalism)
    after = sh(sandbox, picture)
    assert before.succeeded
    assert after.stdout.text == before.stdout.text


def test_a_change_that_keeps_size_and_time_is_found_at_once(sandbox: Sandbox) -> None:
    code = "import os; s = os.stat('README'); open('README', 'r+').write('READ'); os.utime('README', ns=(s.st_atime_ns, s.st_mtime_ns))"
    for _ in range(5):
        assert python(sandbox, code).succeeded
        assert sh(sandbox, "cat README").stdout.data == b"read me\n"


def test_a_tree_too_deep_for_a_path_is_removed(sandbox: Sandbox) -> None:
    code = "import os\nfor _ in range(600):\n os.mkdir('d' * 50); os.chdir('d' * 50)\nos.mkdir('end')"
    assert python(sandbox, code).succeeded
    assert sh(sandbox, "ls -A | grep -c ddd").stdout.data == b"0\n"


def test_a_spawner_that_dies_is_an_error_of_the_sandbox(sandbox: Sandbox) -> None:
    def kill_spawner() -> None:
        deadline = time.monotonic() + 10
        while not processes_with("765432") and time.monotonic() < deadline:
            time.sleep(0.02)
        for pid in processes_with("sandbox.runner.spawner"):
            if int((Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[1]) == os.getpid():
                os.kill(pid, 15)

    thread = threading.Thread(target=kill_spawner)
    thread.start()
    with pytest.raises(SandboxError, match="spawner"):
        sh(sandbox, "sleep 765432")
    thread.join()
