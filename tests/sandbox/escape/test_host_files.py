"""Reading what belongs to the host, and writing to it."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.protocols import Sandbox
from tests.sandbox.conftest import Prepared

from .conftest import attack, outside

ROOT = Path(__file__).parents[3]

READ_BY_ALL_WAYS = """
for path in sys.argv[1:]:
    tell(read, path)
    tell(read, "/proc/self/root" + path)
    tell(read, "/proc/self/cwd" + "/.." * 20 + path)
    tell(read, "/dev/fd/0/../../../../../.." + path)
    os.symlink(path, "/tmp/link")
    tell(read, "/tmp/link")
    os.unlink("/tmp/link")
    for pid in filter(str.isdigit, os.listdir("/proc")):
        tell(read, f"/proc/{pid}/root{path}")
        tell(read, f"/proc/{pid}/cwd/../../../../../..{path}")
"""


@pytest.fixture
def private() -> Iterator[Path]:
    """A file of the host that everybody may read, in a folder that everybody may enter."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        file = Path(folder, "private")
        file.write_text("private to the host")
        file.chmod(0o644)
        yield file


def test_a_file_of_the_host_is_not_found_by_any_path(sandbox: Sandbox, private: Path) -> None:
    assert "private to the host" in outside(READ_BY_ALL_WAYS, private)
    assert "GOT" not in attack(sandbox, READ_BY_ALL_WAYS, private)


def test_the_passwords_of_the_host_can_not_be_read(sandbox: Sandbox) -> None:
    seen = attack(sandbox, READ_BY_ALL_WAYS, "/etc/shadow", "/etc/gshadow", "/etc/sudoers")
    assert "GOT" not in seen


def test_the_accounts_of_the_host_are_not_shown(sandbox: Sandbox, private: Path) -> None:
    name = f"account-{private.parent.name}"
    assert name not in attack(sandbox, "tell(read, '/etc/passwd'); tell(read, '/etc/group'); tell(read, '/etc/hosts')")
    assert str(Path.home()) not in attack(sandbox, "tell(os.path.expanduser, '~'); tell(os.environ.items)")


LIST = """
for path in sys.argv[1:]:
    tell(os.listdir, path)
    tell(os.listdir, "/proc/1/root" + path)
"""


def test_the_user_s_home_and_the_checkout_of_perfsmith_are_not_there(sandbox: Sandbox) -> None:
    places = [Path.home(), ROOT, "/var/lib/docker", "/run/user", "/mnt"]
    for line in attack(sandbox, LIST, *places, Path.home() / ".ssh").splitlines():
        assert line in ("ENOENT", "EACCES", "EPERM", "GOT []") or _is_the_path_to_the_interpreter(line), line


def _is_the_path_to_the_interpreter(line: str) -> bool:
    """The interpreter's own path may lead through the home folder, of which nothing else is there."""
    found = line.removeprefix("GOT ['").removesuffix("']")
    return found in Path(os.path.realpath(sys.base_prefix)).parts


def test_the_files_of_other_runs_are_not_there(prepared: Prepared, sandbox: Sandbox) -> None:
    with prepared.provider.open(prepared.environment, {"README": "of another run"}) as other:
        assert attack(other, "tell(read, 'README')") == "GOT b'of another run'\n"
        others = [*prepared.scratch.rglob("README"), prepared.tree / "README"]
        assert "GOT" not in attack(sandbox, READ_BY_ALL_WAYS, *others)


FIND_TEXT = """
for folder, folders, files in os.walk("/"):
    folders[:] = [name for name in folders if os.path.join(folder, name) not in ("/proc", "/sys", "/usr")]
    for name in files:
        path = os.path.join(folder, name)
        try:
            if os.path.isfile(path) and os.path.getsize(path) == len(sys.argv[1]) and sys.argv[1].encode() == read(path):
                print("GOT", path)
        except OSError:
            pass
print("looked")
"""


def test_no_file_of_another_run_is_found_by_searching(prepared: Prepared, sandbox: Sandbox) -> None:
    text = "text of another run, nowhere else"
    with prepared.provider.open(prepared.environment, {"README": text}) as other:
        assert "GOT /repo/README" in attack(other, FIND_TEXT, text)
        assert attack(sandbox, FIND_TEXT, text) == "looked\n"


FIND_SOCKETS = """
import stat
for folder, folders, files in os.walk("/"):
    folders[:] = [name for name in folders if os.path.join(folder, name) not in ("/proc", "/sys")]
    for name in files:
        if stat.S_ISSOCK(os.lstat(os.path.join(folder, name)).st_mode):
            print("GOT", os.path.join(folder, name))
print("looked")
"""


def test_there_is_no_socket_of_an_engine_or_of_any_other_service(sandbox: Sandbox) -> None:
    assert attack(sandbox, FIND_SOCKETS) == "looked\n"


CONNECT = """
import socket
import subprocess
import sys
tell(socket.socket(socket.AF_UNIX).connect, sys.argv[1])
tell(socket.socket(socket.AF_UNIX).connect, "/proc/1/root" + sys.argv[1])
"""


@pytest.mark.parametrize("place", ["/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock"])
def test_the_engine_can_not_be_reached_where_it_usually_is(sandbox: Sandbox, place: str) -> None:
    assert "GOT" not in attack(sandbox, CONNECT, place)


def test_the_engine_can_not_be_reached_where_it_is(sandbox: Sandbox) -> None:
    place = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")
    assert "GOT" not in attack(sandbox, CONNECT, place)


def test_a_socket_in_a_folder_of_the_host_can_not_be_reached(sandbox: Sandbox, private: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(private.with_name("socket")))
        server.listen()
        assert "GOT" in outside(CONNECT, private.with_name("socket"))
        assert "GOT" not in attack(sandbox, CONNECT, private.with_name("socket"))


def test_a_secret_in_the_environment_of_perfsmith_is_not_seen(
    prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-a-secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:sk-a-secret@db/perfsmith")
    program = """
tell(os.environ.items)
for pid in filter(str.isdigit, os.listdir("/proc")):
    tell(read, f"/proc/{pid}/environ")
"""
    assert "sk-a-secret" in outside(program)
    with prepared.provider.open(prepared.environment, {}) as sandbox:
        seen = attack(sandbox, program)
    assert "sk-a-secret" not in seen
    assert "OPENAI" not in seen


COMMAND_LINES = """
for pid in filter(str.isdigit, os.listdir("/proc")):
    tell(read, f"/proc/{pid}/cmdline")
    tell(read, f"/proc/{pid}/comm")
"""


def test_a_secret_on_a_command_line_of_the_host_is_not_seen(sandbox: Sandbox) -> None:
    argv = [sys.executable, "-c", "input()", "--token=sk-a-secret"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL):
        assert "sk-a-secret" in outside(COMMAND_LINES)
        assert "sk-a-secret" not in attack(sandbox, COMMAND_LINES)


def test_the_command_line_of_the_runner_tells_nothing_of_the_host(prepared: Prepared, sandbox: Sandbox) -> None:
    assert str(prepared.scratch) not in attack(sandbox, COMMAND_LINES)


DESCRIPTORS = """
for pid in filter(str.isdigit, os.listdir("/proc")):
    try:
        for number in os.listdir(f"/proc/{pid}/fd"):
            print(pid, number, os.readlink(f"/proc/{pid}/fd/{number}"))
            if int(number) > 2 and int(pid) != os.getpid():
                tell(os.open, f"/proc/{pid}/fd/{number}", os.O_RDWR | os.O_NONBLOCK)
    except OSError as error:
        print(pid, error.strerror)
"""


def test_no_open_file_of_another_process_can_be_taken(sandbox: Sandbox) -> None:
    assert "GOT" not in attack(sandbox, DESCRIPTORS)


def test_a_command_inherits_three_descriptors(sandbox: Sandbox) -> None:
    program = "print(*(f'{n} {os.readlink(f\"/proc/self/fd/{n}\")}' for n in os.listdir('/proc/self/fd') if os.path.exists(f'/proc/self/fd/{n}')), sep='\\n')"
    numbers = [line.split()[0] for line in attack(sandbox, program).splitlines()]
    assert numbers == ["0", "1", "2"]


FIND_WRITABLE = """
import stat
for folder, folders, files in os.walk("/"):
    folders[:] = [name for name in folders if os.path.join(folder, name) not in ("/proc", "/sys")]
    for path in [folder, *(os.path.join(folder, name) for name in files)]:
        facts = os.lstat(path)
        if not stat.S_ISLNK(facts.st_mode) and os.access(path, os.W_OK):
            print(path)
"""


def test_only_the_checkout_and_private_folders_can_be_written(sandbox: Sandbox) -> None:
    own = ("/repo", "/out", "/tmp", "/home/user", "/dev/shm", "/dev/mqueue")
    devices = ("null", "zero", "full", "random", "urandom", "tty", "ptmx", "console", "pts")
    harmless = (*own, *(f"/dev/{name}" for name in devices), "/dev/pts/ptmx")
    seen = attack(sandbox, FIND_WRITABLE).splitlines()
    assert [path for path in seen if not path.startswith("/repo/") and path not in harmless] == []


WRITE = """
for path in sys.argv[1:]:
    for way in ("", "/proc/1/root", "/proc/self/cwd/../../../.."):
        tell(os.open, way + path, os.O_WRONLY)
        tell(os.open, os.path.dirname(way + path) + "/written-by-the-code-under-test", os.O_WRONLY | os.O_CREAT)
"""


def test_nothing_can_be_written_outside(sandbox: Sandbox, private: Path) -> None:
    places = (private, "/etc/passwd", "/usr/bin/true", "/env/bin/python", "/perfsmith/tool/hello.txt", "/x", "/var/x")
    assert "GOT" not in attack(sandbox, WRITE, *places)
    assert [file.name for file in private.parent.iterdir()] == ["private"]


def test_a_read_only_place_can_not_be_written_through_a_process_that_has_it_open(sandbox: Sandbox) -> None:
    program = """
file = os.open("/env/bin/activate", os.O_RDONLY)
tell(write, f"/proc/self/fd/{file}", "x")
tell(os.fchmod, file, 0o777)
tell(os.ftruncate, file, 0)
tell(call, "renameat2", -100, b"/env/bin/activate", -100, b"/env/bin/activate2", 0)
tell(os.unlink, "/env/bin/activate")
tell(os.link, "/env/bin/activate", "/env/bin/other")
tell(os.utime, "/env/bin/activate", (0, 0))
"""
    assert "GOT" not in attack(sandbox, program)


def test_a_file_can_not_be_opened_by_its_inode(sandbox: Sandbox) -> None:
    """The way out of early containers: open_by_handle_at takes any inode of the file system."""
    program = """
import struct
for place in ("/repo", "/etc/passwd", "/usr", "/out", "/env"):
    for inode in (2, os.stat("/").st_ino, os.stat(place).st_ino):
        handle = ctypes.create_string_buffer(struct.pack("IiII", 8, 1, inode, 0), 64)
        mount = os.open(place, os.O_RDONLY)
        tell(call, "open_by_handle_at", mount, handle, os.O_RDONLY)
"""
    assert "GOT" not in attack(sandbox, program)
