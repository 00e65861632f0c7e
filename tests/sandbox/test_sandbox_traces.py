"""What every sandbox promises of what a command leaves: nothing that the next one could see."""

import pytest

from core.protocols import Sandbox

from .conftest import python, sh


def test_the_out_folder_is_fresh_for_each_command(sandbox: Sandbox) -> None:
    assert sh(sandbox, f"touch {sandbox.layout.out}/stale $TMPDIR/stale $HOME/stale").succeeded
    assert sh(sandbox, f"ls -A {sandbox.layout.out} $TMPDIR $HOME | grep -c stale").stdout.data == b"0\n"


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


MARK_EVERYTHING = """
import os
for folder, folders, _ in os.walk("/"):
    folders[:] = [name for name in folders if os.path.join(folder, name) not in ("/proc", "/sys")]
    try:
        with open(os.path.join(folder, "left by an earlier command"), "w") as file:
            file.write("x")
        print(folder)
    except OSError:
        pass
"""
FIND_MARKS = """
import os
for folder, folders, files in os.walk("/"):
    folders[:] = [name for name in folders if os.path.join(folder, name) not in ("/proc", "/sys")]
    for name in folders + files:
        if "earlier" in name:
            print(os.path.join(folder, name))
"""


def test_no_file_is_left_in_any_place_that_can_be_written(walled: Sandbox) -> None:
    written = python(walled, MARK_EVERYTHING).stdout.text.splitlines()
    assert {"/repo", "/repo/pkg", "/out", "/tmp", "/dev/shm", "/home/user"} <= set(written)
    assert python(walled, FIND_MARKS).stdout.text == ""


IPC = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
IPC_CREAT, O_RDWR, O_CREAT = 0o1000, os.O_RDWR, os.O_CREAT
"""
LEAVE = {
    "SysV shared memory": "print(libc.shmget(4242, 4096, IPC_CREAT | 0o666) >= 0)",
    "SysV semaphores": "print(libc.semget(4242, 1, IPC_CREAT | 0o666) >= 0)",
    "SysV messages": "print(libc.msgget(4242, IPC_CREAT | 0o666) >= 0)",
    "POSIX messages": "print(libc.mq_open(b'/left', O_RDWR | O_CREAT, 0o666, None) >= 0)",
    "POSIX shared memory": "print(libc.shm_open(b'/left', O_RDWR | O_CREAT, 0o666) >= 0)",
    "POSIX semaphores": "libc.sem_open.restype = ctypes.c_void_p; print(bool(libc.sem_open(b'/left', O_CREAT, 0o666, 1)))",
}
FIND = {
    "SysV shared memory": "print(libc.shmget(4242, 0, 0) >= 0)",
    "SysV semaphores": "print(libc.semget(4242, 0, 0) >= 0)",
    "SysV messages": "print(libc.msgget(4242, 0) >= 0)",
    "POSIX messages": "print(libc.mq_open(b'/left', O_RDWR) >= 0)",
    "POSIX shared memory": "print(libc.shm_open(b'/left', O_RDWR, 0) >= 0)",
    "POSIX semaphores": "libc.sem_open.restype = ctypes.c_void_p; print(bool(libc.sem_open(b'/left', 0)))",
}


@pytest.mark.parametrize("kind", LEAVE)
def test_nothing_that_processes_share_is_left(walled: Sandbox, kind: str) -> None:
    assert python(walled, f"{IPC}{LEAVE[kind]}\n{FIND[kind]}").stdout.text == "True\nTrue\n"
    assert python(walled, f"{IPC}{FIND[kind]}").stdout.text == "False\n"


STAY = """
import os, signal, sys, time
for number in set(range(1, 65)) - {9, 19, 32, 33}:
    signal.signal(number, signal.SIG_IGN)
exec(sys.argv[1])
read, write = os.pipe()
if os.fork():
    os.read(read, 1)
    os._exit(0)
os.setsid()
if os.fork():
    os._exit(0)
os.write(write, b"x")
time.sleep(600)
"""
"""Runs the code given in a daemon that outlives its parent."""


def test_no_process_is_left(walled: Sandbox) -> None:
    count = "import os; print(sum(name.isdigit() for name in os.listdir('/proc')))"
    before = python(walled, count).stdout.text
    assert python(walled, STAY, "pass").succeeded
    assert python(walled, count).stdout.text == before
    assert int(before) <= 3


@pytest.mark.parametrize(
    ("family", "address"),
    [("AF_UNIX", r"'\0left'"), ("AF_UNIX", "'/tmp/left'"), ("AF_INET", "('127.0.0.1', 45454)")],
)
def test_no_socket_is_left(walled: Sandbox, family: str, address: str) -> None:
    listen = f"import socket; s = socket.socket(socket.{family}); s.bind({address}); s.listen()"
    connect = f"import socket; s = socket.socket(socket.{family}); print(s.connect_ex({address}) != 0)"
    assert python(walled, STAY, listen).succeeded
    assert python(walled, connect).stdout.text == "True\n"
    assert python(walled, listen).succeeded


def test_a_port_is_free_again_for_the_next_command(walled: Sandbox) -> None:
    """Of a connection that the server ends the kernel remembers the port for a minute, where it is not told otherwise."""
    code = """
import socket
with socket.socket() as server:
    server.bind(("127.0.0.1", 45455))
    server.listen()
    client = socket.create_connection(server.getsockname())
    server.accept()[0].close()
    client.recv(1)
    client.close()
"""
    for _ in range(2):
        result = python(walled, code)
        assert result.succeeded, result.failure


def test_no_lock_is_left(sandbox: Sandbox) -> None:
    lock = "import fcntl; file = open('README', 'r+'); fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB); fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)"
    assert python(sandbox, STAY, lock).succeeded
    result = python(sandbox, lock)
    assert result.succeeded, result.failure


def test_a_mode_a_time_or_an_attribute_of_a_private_folder_is_not_left(walled: Sandbox) -> None:
    places = "/tmp /dev/shm /home/user /out /repo"
    look = f"stat -c '%n %a %u %s' {places}; getfattr -d {places} 2>/dev/null; true"
    before = sh(walled, look).stdout.text
    assert sh(walled, f"chmod 700 {places}; touch -d @0 {places}").exit_code in (0, 1)
    assert sh(walled, look).stdout.text == before


def test_a_program_installed_for_the_user_is_not_left(walled: Sandbox) -> None:
    assert sh(
        walled, "mkdir -p ~/.local/bin && cp /bin/true ~/.local/bin/git && git config --global user.name x"
    ).succeeded
    assert sh(walled, "ls -A ~").stdout.text == ""


MAPPED = """
import mmap, os
file = os.open("README", os.O_RDWR)
mapped = mmap.mmap(file, 0, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)
mapped[0:4]
mapped[0:4] = b"EVIL"
"""


def test_a_write_through_a_mapping_that_changes_no_time_is_not_left(sandbox: Sandbox) -> None:
    assert python(sandbox, MAPPED).succeeded
    assert sh(sandbox, "cat README").stdout.data == b"read me\n"


def test_private_folders_and_terminals_look_the_same_to_every_command(walled: Sandbox) -> None:
    old = "find /tmp ~ /dev/pts -maxdepth 0 ! -newermt 2000-01-01"
    look = f"stat -c '%n %a' /tmp /dev/shm ~ /dev/pts /dev/pts/ptmx; {old}; cat /proc/net/dev"
    before = sh(walled, look)
    sh(walled, "chmod 700 /tmp /dev/shm ~ /dev/pts; chmod 600 /dev/pts/ptmx; touch -d @1 /dev/pts /tmp ~")
    talk = "import socket; s = socket.create_server(('127.0.0.1', 0)); socket.create_connection(s.getsockname())"
    assert python(walled, talk).succeeded
    assert sh(walled, look).stdout.text == before.stdout.text


def test_no_device_of_the_host_can_be_changed(walled: Sandbox) -> None:
    code = "import os\nfor name in ('null', 'zero', 'random'):\n try: os.chmod(f'/dev/{name}', 0o666); print('GOT', name)\n except OSError: pass"
    assert python(walled, code).stdout.data == b""
    assert sh(walled, "echo lost > /dev/null; head -c 3 /dev/zero | od -An -tx1").stdout.text.split() == ["00"] * 3


def test_processes_that_come_and_go_do_not_add_up_to_the_limit(walled: Sandbox) -> None:
    code = (
        "import os, time\nfor _ in range(600):\n if not os.fork():\n  if os.fork(): os._exit(0)\n  os._exit(0)\n"
        " os.wait(); time.sleep(0.002)\nprint('done')"
    )
    result = python(walled, code)
    assert result.stdout.data == b"done\n", result.failure
