"""Where control groups may be made, what is made there, and what is read from them."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.cgroups import Hierarchy, Place, find, hierarchies, place_in
from sandbox.group import PREFIX, clear, name_of
from sandbox.runner.gauge import Gauge

WRITTEN = ("pids.max", "memory.max", "memory.swap.max", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes")
SYSTEMD = """\
25 30 0:22 / /sys rw,nosuid shared:7 - sysfs sysfs rw
29 25 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot
"""
OLD = """\
32 25 0:27 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
33 32 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
34 32 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct
35 32 0:30 /docker/c0ffee /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory
36 32 0:31 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
"""


def test_in_version_2_there_is_one_hierarchy() -> None:
    found = hierarchies(SYSTEMD, "0::/user.slice/a b.scope\n")
    assert [(h.version, h.own) for h in found] == [(2, Path("/sys/fs/cgroup/user.slice/a b.scope"))]


def test_in_version_1_each_controller_has_its_own_and_a_container_sees_a_part() -> None:
    membership = "5:pids:/\n4:memory:/docker/c0ffee/x\n3:cpu,cpuacct:/y\n1:name=systemd:/z\n0::/\n"
    found = hierarchies(OLD, membership)
    by_name = {name: h.own for h in found for name in h.controllers}
    assert by_name["memory"] == Path("/sys/fs/cgroup/memory/x")
    assert by_name["cpuacct"] == Path("/sys/fs/cgroup/cpu,cpuacct/y")
    assert by_name["pids"] == Path("/sys/fs/cgroup/pids")


def test_a_group_outside_of_what_is_mounted_is_out_of_reach() -> None:
    assert all("memory" not in h.controllers for h in hierarchies(OLD, "4:memory:/elsewhere\n5:pids:/\n"))


def unified(top: Path, *, controllers: str = "memory pids") -> Hierarchy:
    """A folder that looks like what systemd gives a user: a slice that hands controllers on, and a scope in it."""
    scope = top / "app.slice" / "perfsmith.scope"
    scope.mkdir(parents=True)
    for folder, handed_on in ((top, ""), (scope.parent, controllers), (scope, "")):
        (folder / "cgroup.procs").write_text("")
        (folder / "cgroup.subtree_control").write_text(f"{handed_on}\n")
    return Hierarchy(version=2, controllers=frozenset(), top=top, own=scope)


def test_in_version_2_groups_are_made_beside_our_own(tmp_path: Path) -> None:
    hierarchy = unified(tmp_path)
    place = place_in([hierarchy])
    assert place is not None
    assert (place.version, set(place.parents.values())) == (2, {tmp_path / "app.slice"})


def test_without_the_controllers_there_is_no_place(tmp_path: Path) -> None:
    assert place_in([unified(tmp_path, controllers="cpu io")]) is None
    assert place_in([]) is None


def test_a_slice_that_is_not_ours_is_no_place(tmp_path: Path) -> None:
    hierarchy = unified(tmp_path)
    (tmp_path / "app.slice" / "cgroup.procs").unlink()
    assert place_in([hierarchy]) is None


def test_a_group_without_the_files_of_limits_is_not_made(tmp_path: Path) -> None:
    place = place_in([unified(tmp_path)])
    assert place is not None
    with pytest.raises(FileNotFoundError, match=r"memory\.max"):
        place.make(memory_bytes=1 << 30, processes=100)


def test_limits_are_without_swap(real: Place) -> None:
    group = real.make(memory_bytes=1 << 30, processes=100)
    limits = {
        file.name: file.read_text().strip()
        for folder in group.distinct
        for file in folder.iterdir()
        if file.name in WRITTEN
    }
    group.remove()
    assert limits["pids.max"] == "108"
    assert set(limits.values()) <= {"108", "0", str((1 << 30) + (64 << 20))}
    assert not any(folder.exists() for folder in group.distinct)


def test_a_sandbox_gets_more_of_a_busy_processor_than_others(real: Place) -> None:
    if "cpu" not in real.parents:
        pytest.skip("this user may make no groups that share processors here")
    group = real.make(memory_bytes=1 << 30, processes=100)
    folder = group.folders["cpu"]
    given = [file.read_text().strip() for name in ("cpu.shares", "cpu.weight") if (file := folder / name).exists()]
    group.remove()
    assert given in (["16384"], ["1600"])


def test_groups_of_dead_makers_are_swept_and_no_others(tmp_path: Path) -> None:
    ours = name_of(os.getpid())
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    names = [
        ours,
        f"{ours}-7",
        f"{PREFIX}{int(dead.stdout)}-123",
        f"{PREFIX}{os.getpid()}-1",
        "user.slice",
        f"{PREFIX}x-y",
    ]
    for name in names:
        (tmp_path / name).mkdir()
    Place(version=2, parents={"memory": tmp_path}).sweep()
    assert {folder.name for folder in tmp_path.iterdir()} == {ours, f"{ours}-7", "user.slice", f"{PREFIX}x-y"}


@pytest.fixture
def real() -> Place:
    """Where this user may really make groups of version 1 or 2."""
    place = find()
    if place is None:
        pytest.skip("this user may make no control groups here")
    return place


def test_a_group_is_cleared_with_all_that_is_in_it(real: Place) -> None:
    folder = real.parents["pids"] / f"{PREFIX}{os.getpid()}-test"
    folder.mkdir()
    with subprocess.Popen(["sleep", "543210"]) as process:
        (folder / "cgroup.procs").write_text(str(process.pid))
        clear(folder)
        assert process.wait(timeout=5) == -9
    assert not folder.exists()


def counters(folder: Path, *, version: int) -> dict[str, str]:
    if version == 1:
        (folder / "cpuacct").mkdir()
        (folder / "memory").mkdir()
        (folder / "cpuacct" / "cpuacct.usage").write_text("3000000000\n")
        (folder / "memory" / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 2\n")
        (folder / "memory" / "memory.stat").write_text("cache 5\nrss 4096\nrss_huge 7\ntotal_rss 9\n")
        return {"cpuacct": str(folder / "cpuacct"), "memory": str(folder / "memory")}
    (folder / "cpu.stat").write_text("usage_usec 3000000\nuser_usec 1\n")
    (folder / "memory.events").write_text("low 0\nmax 7\noom 3\noom_kill 2\noom_group_kill 0\n")
    (folder / "memory.stat").write_text("anon 4096\nfile 12\nanon_thp 1\n")
    return {"cpu": str(folder), "memory": str(folder)}


@pytest.mark.parametrize("version", [1, 2])
def test_a_gauge_reads_the_counters_of_either_version(tmp_path: Path, version: int) -> None:
    gauge = Gauge(counters(tmp_path, version=version))
    assert (gauge.cpu_seconds(), gauge.kills(), gauge.anonymous_bytes()) == (3.0, 2, 4096)


@pytest.mark.parametrize("version", [1, 2])
def test_a_container_finds_its_own_group(tmp_path: Path, version: int) -> None:
    counters(tmp_path, version=version)
    gauge = Gauge.of_container(str(tmp_path))
    assert gauge is not None
    assert gauge.cpu_seconds() == pytest.approx(3.0 - time.process_time(), abs=0.5)


def test_where_no_group_can_be_seen_there_is_no_gauge(tmp_path: Path) -> None:
    assert Gauge.of_container(str(tmp_path)) is None
