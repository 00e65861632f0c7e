"""Asking the kernel for more than a plain process needs: mounts, namespaces, devices, modules, keys, tracing."""

import json
import platform
import signal

import pytest

from core.protocols import Sandbox

from .conftest import attack, run

REFUSED = {"EPERM\n", "EACCES\n", "ENOSYS\n"}


def refusals(sandbox: Sandbox, program: str, *arguments: object) -> set[str]:
    """What stopped each attempt, or what it got."""
    return set(attack(sandbox, program, *arguments).splitlines(keepends=True))


MOUNTS = {
    "a new file system": 'b"none", b"/tmp", b"tmpfs", 0, None',
    "another proc": 'b"none", b"/tmp", b"proc", 0, None',
    "the kernel's debug files": 'b"none", b"/tmp", b"debugfs", 0, None',
    "control groups": 'b"none", b"/tmp", b"cgroup2", 0, None',
    "a disk": 'b"/dev/vda", b"/tmp", b"ext4", 0, None',
    "an overlay": 'b"none", b"/tmp", b"overlay", 0, b"lowerdir=/usr,upperdir=/repo,workdir=/tmp"',
    "a bind": 'b"/repo", b"/usr", None, 4096, None',
    "the root writable": 'None, b"/", None, 32, None',
    "the environment writable": 'None, b"/env", None, 32 | 4096, None',
    "propagation to the host": 'None, b"/", None, (1 << 20) | 16384, None',
}


@pytest.mark.parametrize("arguments", MOUNTS.values(), ids=MOUNTS)
def test_nothing_can_be_mounted(sandbox: Sandbox, arguments: str) -> None:
    assert refusals(sandbox, f"tell(call, 'mount', {arguments})") <= REFUSED


def test_nothing_that_is_mounted_can_be_taken_away_or_moved(sandbox: Sandbox) -> None:
    program = """
for place in (b"/proc", b"/tmp", b"/repo", b"/env", b"/dev/shm", b"/"):
    for how in (0, 1, 2, 8):
        tell(call, "umount2", place, how)
tell(call, "syscall", 155, b"/repo", b"/repo")
tell(os.chroot, "/repo")
"""
    assert refusals(sandbox, program) <= REFUSED


NAMESPACES = {
    "user": 0x10000000,
    "mount": 0x00020000,
    "PID": 0x20000000,
    "network": 0x40000000,
    "IPC": 0x08000000,
    "UTS": 0x04000000,
    "cgroup": 0x02000000,
    "time": 0x00000080,
    "user and all others": 0x7E020000,
}


@pytest.mark.parametrize("flags", NAMESPACES.values(), ids=NAMESPACES)
def test_no_namespace_can_be_made(sandbox: Sandbox, flags: int) -> None:
    program = """
SIGCHLD, CLONE, CLONE3 = 17, 56, 435
flags = int(sys.argv[1])
tell(call, "unshare", flags)
if flags > 0xFF:
    tell(call, "syscall", CLONE, flags | SIGCHLD, None, None, None, None)
arguments = (ctypes.c_uint64 * 11)(flags, 0, 0, 0, SIGCHLD, 0, 0, 0, 0, 0, 0)
tell(call, "syscall", CLONE3, arguments, 88)
"""
    assert refusals(sandbox, program, flags) <= REFUSED | {"EINVAL\n"}


def test_the_programs_that_make_namespaces_do_not_help(sandbox: Sandbox) -> None:
    for line in ("unshare -Ur id -u", "unshare -m true", "nsenter -t 1 -a true", "chroot /repo true"):
        assert run(sandbox, f"os.execvp('sh', ['sh', '-c', {line!r}])").exit_code != 0


def test_no_namespace_of_another_process_can_be_joined(sandbox: Sandbox) -> None:
    program = """
for pid in (1, os.getppid(), os.getpid()):
    for name in os.listdir("/proc/self/ns"):
        tell(lambda: call("setns", os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY), 0))
"""
    assert refusals(sandbox, program) <= REFUSED


def test_a_command_has_no_capability_and_can_not_get_one(sandbox: Sandbox) -> None:
    program = """
with open("/proc/self/status") as file:
    print(*(line for line in file if line.startswith(("Cap", "NoNewPrivs", "Seccomp:"))), sep="")
"""
    facts = dict(line.split() for line in attack(sandbox, program).splitlines() if line)
    assert {value for name, value in facts.items() if name.startswith("Cap")} == {"0" * 16}
    assert (facts["NoNewPrivs:"], facts["Seccomp:"]) == ("1", "2")


def test_a_command_is_an_ordinary_user_and_stays_one(sandbox: Sandbox) -> None:
    program = """
print(os.getresuid(), os.getresgid())
tell(os.setuid, 0)
tell(os.setresuid, 0, 0, 0)
tell(os.setgid, 0)
tell(os.setgroups, [0])
tell(os.chown, "README", 0, 0)
"""
    who, *attempts = attack(sandbox, program).splitlines()
    assert who == "(1000, 1000, 1000) (1000, 1000, 1000)"
    assert set(attempts) <= {"EPERM", "EINVAL"}


def test_a_setuid_program_gives_nothing(sandbox: Sandbox) -> None:
    program = """
import shutil, subprocess
for path in ("/repo/own", "/tmp/own", "/dev/shm/own"):
    shutil.copy("/usr/bin/id", path)
    os.chmod(path, 0o6755)
    tell(lambda: subprocess.run([path, "-u"], capture_output=True, text=True).stdout)
for name in ("su", "sudo", "passwd", "mount", "newgrp", "chsh", "gpasswd", "umount", "newuidmap", "pkexec"):
    if path := shutil.which(name):
        status = "import subprocess, sys; print(open(f'/proc/{subprocess.Popen(sys.argv[1:], stdin=-3, stdout=-3, stderr=-3).pid}/status').read())"
        seen = subprocess.run([sys.executable, "-c", status, path], capture_output=True, text=True).stdout
        print("GOT", *{word for line in seen.splitlines() if line.startswith("Uid:") for word in line.split()[1:]})
"""
    assert {line for line in attack(sandbox, program).splitlines() if line} <= {"GOT '1000\\n'", "GOT 1000", "GOT"}


def test_no_device_can_be_made(sandbox: Sandbox) -> None:
    program = """
import stat
for folder in ("/repo", "/tmp", "/out", "/dev/shm", "/home/user", "/dev"):
    for kind in (stat.S_IFCHR, stat.S_IFBLK):
        for device in ((1, 1), (1, 3), (8, 0), (253, 0), (254, 0)):
            tell(os.mknod, f"{folder}/device", kind | 0o666, os.makedev(*device))
"""
    assert refusals(sandbox, program) <= REFUSED | {"EROFS\n"}


def test_no_device_is_there_but_the_harmless_ones(sandbox: Sandbox) -> None:
    program = """
import stat
for folder, folders, names in os.walk("/dev"):
    for name in names:
        mode = os.lstat(os.path.join(folder, name)).st_mode
        if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
            print(os.path.join(folder, name))
"""
    harmless = {"null", "zero", "full", "random", "urandom", "tty", "console", "ptmx", "pts/ptmx", "pts/0"}
    assert set(attack(sandbox, program).split()) <= {f"/dev/{name}" for name in harmless}


@pytest.mark.parametrize(
    "name", ["mem", "kmem", "port", "kmsg", "fuse", "kvm", "vda", "sda", "net/tun", "vsock", "loop0"]
)
def test_a_device_of_the_host_can_not_be_opened(sandbox: Sandbox, name: str) -> None:
    assert attack(sandbox, "tell(os.open, '/dev/' + sys.argv[1], os.O_RDWR)", name) in (
        "ENOENT\n",
        "EACCES\n",
        "EPERM\n",
    )


def test_nothing_can_be_typed_into_the_terminal_of_the_host(sandbox: Sandbox) -> None:
    program = """
import fcntl, termios
tell(os.open, "/dev/tty", os.O_RDWR)
for number in range(3):
    tell(fcntl.ioctl, number, termios.TIOCSTI, b"x")
"""
    assert "GOT" not in attack(sandbox, program)


CALLS = {
    "add_key": 248,
    "request_key": 249,
    "keyctl": 250,
    "init_module": 175,
    "finit_module": 313,
    "delete_module": 176,
    "kexec_load": 246,
    "kexec_file_load": 320,
    "bpf": 321,
    "perf_event_open": 298,
    "userfaultfd": 323,
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "syslog": 103,
    "reboot": 169,
    "swapon": 167,
    "swapoff": 168,
    "acct": 163,
    "settimeofday": 164,
    "clock_settime": 227,
    "sethostname": 170,
    "setdomainname": 171,
    "iopl": 172,
    "ioperm": 173,
    "quotactl": 179,
    "pivot_root": 155,
    "lookup_dcookie": 212,
    "open_by_handle_at": 304,
    "fanotify_init": 300,
    "kcmp": 312,
    "move_pages": 279,
    "migrate_pages": 256,
    "mbind": 237,
    "set_mempolicy": 238,
    "pidfd_getfd": 438,
    "process_madvise": 440,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsmount": 432,
    "fspick": 433,
    "mount_setattr": 442,
    "vhangup": 153,
    "nfsservctl": 180,
    "_sysctl": 156,
    "uselib": 134,
    "modify_ldt": 154,
    "ustat": 136,
    "sysfs": 139,
    "quotactl_fd": 443,
}
"""By their numbers on x86-64."""


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the numbers of the calls are those of x86-64")
def test_system_calls_that_no_program_of_a_user_needs_are_refused(sandbox: Sandbox) -> None:
    """With arguments that the kernel itself would find fault with, so that a refusal is the filter's."""
    program = """
import json
for name, number in json.loads(sys.argv[1]).items():
    print(name, end=" ")
    tell(call, "syscall", number, -1, -1, -1, -1, -1)
"""
    answers = [line.split(maxsplit=1) for line in attack(sandbox, program, json.dumps(CALLS)).splitlines()]
    assert len(answers) == len(CALLS)
    assert {name: answer for name, answer in answers if answer not in ("EPERM", "ENOSYS")} == {}


OTHER_DOORS = {
    "x32": """
result = libc.syscall(0x40000000 | 272, CLONE_NEWUSER)
""",
    "i386": """
import mmap
code = bytes.fromhex("53 b8 36010000 bb 00000010 cd80 5b c3")
page = mmap.mmap(-1, len(code), prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(code)
result = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
""",
}
"""unshare by its number in x32, and in i386 by int 0x80, which 64-bit programs have as well."""


@pytest.mark.skipif(platform.machine() != "x86_64", reason="these are other doors to an x86-64 kernel only")
@pytest.mark.parametrize("door", OTHER_DOORS)
def test_the_filter_can_not_be_passed_by_the_numbers_of_another_architecture(sandbox: Sandbox, door: str) -> None:
    program = f"CLONE_NEWUSER = 0x10000000\nprint('trying', flush=True)\n{OTHER_DOORS[door]}\nprint('GOT' if result == 0 else 'refused')"
    result = run(sandbox, program)
    assert result.stdout.text in ("trying\n", "trying\nrefused\n")
    assert result.exit_code in (0, -signal.SIGSYS, -signal.SIGSEGV)


def test_the_filter_holds_for_children_and_threads_as_well(sandbox: Sandbox) -> None:
    program = """
import subprocess, threading
thread = threading.Thread(target=tell, args=(call, "unshare", 0x10000000))
thread.start(); thread.join()
if not os.fork():
    tell(call, "unshare", 0x10000000)
    os._exit(0)
os.wait()
"""
    assert attack(sandbox, program) == "EPERM\nEPERM\n"


def test_the_filter_can_not_be_taken_off(sandbox: Sandbox) -> None:
    program = """
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, PR_CAPBSET_READ = 22, 38, 23
tell(call, "prctl", PR_SET_SECCOMP, 0, 0, 0, 0)
tell(call, "prctl", PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0)
"""
    assert "GOT" not in attack(sandbox, program)


@pytest.mark.parametrize(
    "path",
    [
        "/proc/sys/kernel/core_pattern",
        "/proc/sys/kernel/modprobe",
        "/proc/sys/kernel/hotplug",
        "/proc/sys/kernel/hostname",
        "/proc/sys/kernel/ns_last_pid",
        "/proc/sys/kernel/randomize_va_space",
        "/proc/sys/vm/drop_caches",
        "/proc/sys/vm/overcommit_memory",
        "/proc/sys/fs/binfmt_misc/register",
        "/proc/sysrq-trigger",
        "/proc/acpi/wakeup",
        "/proc/irq/default_smp_affinity",
        "/sys/kernel/uevent_helper",
        "/sys/power/state",
        "/sys/fs/cgroup/cgroup.procs",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory.max",
        "/sys/fs/cgroup/release_agent",
    ],
)
def test_a_setting_of_the_kernel_can_not_be_written(sandbox: Sandbox, path: str) -> None:
    """Nothing is written: opening would be enough to show that it could be."""
    assert "GOT" not in attack(sandbox, "tell(os.open, sys.argv[1], os.O_WRONLY)", path)


def test_a_command_can_not_become_another_user_by_a_map(sandbox: Sandbox) -> None:
    program = """
tell(write, "/proc/self/setgroups", "allow")
for name in ("uid_map", "gid_map"):
    tell(write, f"/proc/self/{name}", "0 0 1")
    tell(write, f"/proc/1/{name}", "0 0 1")
"""
    assert "GOT" not in attack(sandbox, program)


def test_no_setting_of_the_kernel_is_writable(sandbox: Sandbox) -> None:
    program = """
for top in ("/proc/sys", "/sys"):
    for folder, folders, names in os.walk(top):
        for name in names:
            try:
                os.close(os.open(os.path.join(folder, name), os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW))
                print("GOT", os.path.join(folder, name))
            except OSError:
                pass
print("looked")
"""
    assert attack(sandbox, program) == "looked\n"


@pytest.mark.parametrize(
    "path", ["/proc/kcore", "/proc/kmsg", "/proc/kallsyms", "/proc/timer_list", "/proc/keys", "/proc/latency_stats"]
)
def test_secrets_of_the_kernel_are_not_read(sandbox: Sandbox, path: str) -> None:
    """Of kallsyms the addresses are secret; names are not."""
    program = "tell(lambda: {(line.split() or [b''])[0] for line in read(sys.argv[1]).splitlines()})"
    seen = attack(sandbox, program, path)
    assert "GOT" not in seen or seen in ("GOT set()\n", "GOT {b'0000000000000000'}\n", "GOT {b''}\n")


def test_a_crash_leaves_no_core_file(sandbox: Sandbox) -> None:
    program = "import resource\nresource.setrlimit(resource.RLIMIT_CORE, (-1, -1))"
    assert run(sandbox, program).exit_code == 1
    assert attack(sandbox, "import resource\nprint(resource.getrlimit(resource.RLIMIT_CORE))") == "(0, 0)\n"
