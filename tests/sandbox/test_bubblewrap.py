"""What only namespaces can promise."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import ConfigError, SandboxError
from core.execution import Command, Ending, Environment, ExecResult, shell
from core.health import Health
from core.protocols import Sandbox
from sandbox.bubblewrap import Bubblewrap
from sandbox.cgroups import find
from sandbox.group import PREFIX

from .conftest import Prepared

ROOT = Path(__file__).parents[2]


def sh(sandbox: Sandbox, line: str) -> ExecResult:
    return sandbox.run(shell(line, timeout_seconds=30))


def test_nothing_in_tmp_or_shared_memory_is_seen_by_the_next_command(bubble: Sandbox) -> None:
    assert sh(bubble, "touch /tmp/x /dev/shm/x ~/x").succeeded
    assert sh(bubble, "ls -A /tmp /dev/shm ~ | grep x").exit_code == 1


@pytest.mark.parametrize(
    "place", ["/env/x", "/perfsmith/tool/x", "/usr/x", "/etc/x", "/x", "/dev/x", "/env/bin/python"]
)
def test_all_but_the_checkout_is_read_only(bubble: Sandbox, place: str) -> None:
    assert not sh(bubble, f"echo >> {place}").succeeded


def test_there_is_no_network(bubble: Sandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = f"import socket; socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), 2)"
        result = bubble.run(Command(argv=("python", "-c", code), timeout_seconds=20))
    assert b"ConnectionRefusedError" in result.stderr.data
    assert sh(bubble, "ls /sys/class/net").succeeded is False


def test_no_file_of_the_host_but_the_system_is_there(bubble: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "private").write_text("private")
    assert not sh(bubble, f"cat {tmp_path}/private").succeeded
    assert not sh(bubble, f"ls {ROOT}").succeeded
    assert sh(bubble, "ls /home; cat /etc/shadow 2>&1 | grep -c No").stdout.text.split() == ["user", "1"]


def test_no_process_of_the_host_is_seen(bubble: Sandbox) -> None:
    count = "import os; print(len([entry for entry in os.listdir('/proc') if entry.isdigit()]))"
    assert int(bubble.run(Command(argv=("python", "-c", count), timeout_seconds=10)).stdout.text) <= 3


def test_commands_have_no_capabilities_and_one_user(bubble: Sandbox) -> None:
    lines = sh(bubble, "grep CapEff /proc/self/status; id -un; hostname").stdout.text.split()
    assert lines == ["CapEff:", "0000000000000000", "user", "sandbox"]


def test_twins_have_the_same_paths_and_do_not_see_each_other(isolated: Prepared) -> None:
    provider, environment = isolated.provider, isolated.environment
    with provider.open(environment, {}) as one, provider.open(environment, {"README": "other"}) as two:
        assert one.layout == two.layout
        assert sh(one, "cat README").stdout.data == b"read me\n"
        assert sh(two, "cat README").stdout.data == b"other"


def test_a_sandbox_that_bubblewrap_can_not_set_up_is_our_error(isolated: Prepared, tmp_path: Path) -> None:
    broken = Bubblewrap(cache=tmp_path, scratch=tmp_path, tools={"gone": tmp_path / "gone"})
    with pytest.raises(SandboxError, match="gone"), broken.open(isolated.environment, {}):
        pass


def test_missing_bubblewrap_says_how_to_install_it_and_what_else_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    provider = Bubblewrap(cache=tmp_path, scratch=tmp_path, tools={})
    with pytest.raises(ConfigError, match=r"apt-get install bubblewrap.*dnf install bubblewrap.*--sandbox unsafe"):
        provider.prepare(tmp_path, [], timeout_seconds=1)


@pytest.fixture
def tight(isolated: Prepared) -> Iterator[Sandbox]:
    """A sandbox that may write little."""
    provider = isolated.provider
    assert isinstance(provider, Bubblewrap)
    with replace(provider, disk_bytes=20 << 20, files=500).open(isolated.environment, {}) as opened:
        yield opened


@pytest.mark.parametrize(("line", "code"), [("exit 139", 139), ("exit 255", 255), ("kill -11 $$", -11)])
def test_an_exit_status_is_not_taken_for_a_signal(bubble: Sandbox, line: str, code: int) -> None:
    result = sh(bubble, line)
    assert (result.exit_code, result.stderr.data) == (code, b"")


def test_no_command_line_inside_tells_of_a_folder_of_the_host(bubble: Sandbox, isolated: Prepared) -> None:
    seen = sh(bubble, "cat /proc/*/cmdline /proc/*/environ | tr '\\0' '\\n'").stdout.text
    assert "sandbox.runner" in seen
    assert str(isolated.scratch) not in seen


def test_only_what_all_may_read_of_etc_is_there(bubble: Sandbox) -> None:
    code = (
        "import os; print([n for f, _, names in os.walk('/etc') for n in names if 'shadow' in n or n.endswith('.key')])"
    )
    result = bubble.run(Command(argv=("python", "-c", code), timeout_seconds=20))
    assert result.stdout.text == "[]\n"


NAMELESS = """
import os, time
kept = []
for number in range(6):
    kept.append(open("x", "wb"))
    kept[-1].write(b"x" * (8 << 20))
    kept[-1].flush()
    os.unlink("x")
time.sleep(60)
"""
HIDDEN = """
import os, time
os.mkdir("hidden")
for number in range(6):
    open(f"hidden/{number}", "wb").write(b"x" * (8 << 20))
os.chmod("hidden", 0)
time.sleep(60)
"""
MANY = """
import os, sys, time
for number in range(2000):
    open(os.path.join(sys.argv[1], f"x{number}"), "w").close()
time.sleep(60)
"""


@pytest.mark.parametrize("code", [NAMELESS, HIDDEN], ids=["without names", "in a closed folder"])
def test_a_command_can_write_no_more_than_the_checkout_may_hold(tight: Sandbox, code: str) -> None:
    result = tight.run(Command(argv=("python", "-c", code), timeout_seconds=30))
    assert (result.ending, result.exit_code) == (Ending.EXITED, 1)
    assert "No space left on device" in result.stderr.text
    assert sh(tight, "head -c 10000000 /dev/zero > x; ls").stdout.text.split()[-1] == "x"


@pytest.mark.parametrize("place", ["/repo", "/out", "/tmp", "/dev/shm", "/home/user"])
def test_a_command_that_makes_too_many_files_is_stopped(tight: Sandbox, place: str) -> None:
    result = tight.run(Command(argv=("python", "-c", MANY, place), timeout_seconds=30))
    assert (result.ending, result.exit_code) == (Ending.SIGNALLED, -9)
    assert "made more than 500 files" in result.stderr.text


def test_a_command_that_writes_less_than_allowed_is_left_alone(tight: Sandbox) -> None:
    result = sh(tight, "for i in 1 2 3; do head -c 5000000 /dev/zero > x$i; sleep 0.1; done")
    assert result.succeeded, result.failure


def test_commands_run_on_the_cores_that_they_are_given(isolated: Prepared) -> None:
    core = max(os.sched_getaffinity(0))
    assert isinstance(isolated.provider, Bubblewrap)
    provider = replace(isolated.provider, cores=str(core))
    with provider.open(isolated.environment, {}) as sandbox:
        result = sh(sandbox, "grep Cpus_allowed_list /proc/self/status")
    assert result.stdout.text.split() == ["Cpus_allowed_list:", str(core)]


@pytest.mark.parametrize("cores", ["4096", "x", "1-0", ",", "-1"])
def test_cores_that_are_not_there_are_refused_with_those_that_are(tmp_path: Path, cores: str) -> None:
    provider = Bubblewrap(cache=tmp_path, scratch=tmp_path, tools={}, cores=cores)
    with pytest.raises(ConfigError, match=f"'{cores}' names no processors of this machine; there are"):
        provider.prepare(tmp_path, [], timeout_seconds=1)


def test_signals_that_whoever_started_us_ignores_have_their_effect_inside(isolated: Prepared) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with isolated.provider.open(isolated.environment, {}) as sandbox:
            result = sh(sandbox, "kill -HUP $$")
    finally:
        signal.signal(signal.SIGHUP, before)
    assert (result.ending, result.exit_code) == (Ending.SIGNALLED, -signal.SIGHUP)


def test_no_control_group_is_left(isolated: Prepared) -> None:
    place = find()
    if place is None:
        pytest.skip("this user may make no control groups here")
    parent = place.parents["memory"]

    def groups() -> set[str]:
        return {folder.name for folder in parent.glob(f"{PREFIX}{os.getpid()}-*") if folder.is_dir()}

    others = groups()  # of sandboxes that other tests of this process keep open
    with isolated.provider.open(isolated.environment, {}) as sandbox:
        sh(sandbox, "true")
        assert groups() - others
    assert groups() - others == set()


def test_an_examination_names_what_does_not_hold_and_what_to_do(isolated: Prepared) -> None:
    findings = isolated.provider.examine()
    assert {finding.health for finding in findings if finding.subject == "bubblewrap"} == {Health.GOOD}
    assert all(finding.remedy for finding in findings if finding.health is not Health.GOOD)


def test_an_examination_without_bubblewrap_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    findings = Bubblewrap(cache=tmp_path, scratch=tmp_path, tools={}).examine()
    assert [(finding.subject, finding.health) for finding in findings] == [("bubblewrap", Health.MISSING)]


STORY = """
import json, sys
from pathlib import Path
from core.execution import shell
from sandbox.bubblewrap import Bubblewrap
work, line, options = Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
environment = work / "environment"
(environment / "repo").mkdir(parents=True)
(environment / "env").mkdir()
(environment / "repo" / "file").write_text("text")
provider = Bubblewrap(cache=work / "cache", scratch=work / "scratch", tools={}, **options)
with provider.open(environment, {"file": "changed"}) as sandbox:
    print("open", flush=True)
    first = sandbox.run(shell(line, timeout_seconds=600))
    second = sandbox.run(shell("cat file; ls", timeout_seconds=10))
print(json.dumps([first.exit_code, first.failure, second.stdout.text, second.peak_memory_bytes]))
"""


def as_an_ordinary_user(line: str, work: Path, **options: int) -> tuple[int, str, str, int]:
    """What the story prints when root gives up its rights first, with an interpreter and a folder that all may read."""
    system_python = shutil.which("python3", path="/usr/bin")
    if system_python is None or not all(place.stat().st_mode & stat.S_IXOTH for place in (ROOT, *ROOT.parents)):
        pytest.skip("there is no interpreter, or no checkout of perfsmith, that an ordinary user may read")
    user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.getuid() == 0 else []
    argv = [*user, system_python, "-B", "-c", STORY, str(work), line, json.dumps(options)]
    done = subprocess.run(argv, cwd="/", env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    code, failure, seen, memory = json.loads(done.stdout.splitlines()[-1])
    return code, failure, seen, memory


@pytest.fixture
def work_of_all() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(dir="/var/tmp"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def test_an_ordinary_user_gets_the_same(work_of_all: Path) -> None:
    code, _, seen, memory = as_an_ordinary_user("rm file; mkdir x; chmod 000 x .; exit 5", work_of_all)
    assert (code, seen) == (5, "changedfile\n")
    assert memory < 6_000_000


def test_the_number_of_processes_of_an_ordinary_user_is_limited(work_of_all: Path) -> None:
    code, failure, seen, _ = as_an_ordinary_user("for i in $(seq 600); do sleep 5 & done; wait", work_of_all)
    assert (code, seen) == (2, "changedfile\n")
    assert "fork" in failure


def test_the_memory_of_an_ordinary_user_s_tree_is_watched(work_of_all: Path) -> None:
    hold = "x = b'1' * 900_000_000; import time; time.sleep(30)"
    line = f'for i in 1 2 3; do python3 -c "{hold}" & done; wait'
    code, failure, seen, _ = as_an_ordinary_user(line, work_of_all, memory_bytes=1 << 30)
    assert (code, seen) == (-9, "changedfile\n")
    assert "ran out of memory" in failure


def test_a_killed_perfsmith_takes_its_commands_along_and_its_checkout_is_swept_later(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", STORY, str(tmp_path), "sleep 654321", "{}"]
    environment = {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"open\n"
        _wait_until(running="654321", wanted=True)
        process.send_signal(signal.SIGKILL)
        process.wait()
    _wait_until(running="654321", wanted=False)
    scratch = tmp_path / "scratch"
    assert [entry for entry in scratch.iterdir() if entry.is_dir()]
    with Bubblewrap(cache=tmp_path, scratch=scratch, tools={}).open(Environment(str(tmp_path / "environment")), {}):
        assert len([entry for entry in scratch.iterdir() if entry.is_dir()]) == 1
    assert [entry.name for entry in scratch.iterdir()] == ["lock"]


def _wait_until(*, running: str, wanted: bool) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = subprocess.run(["pgrep", "-f", f"^sleep {running}"], capture_output=True, check=False).returncode == 0
        if found is wanted:
            return
        time.sleep(0.05)
    pytest.fail(f"sleep {running} is {'not ' if wanted else ''}running")
