"""What is said of engines: of none at all, of one that lacks something, of one that has everything."""

from pathlib import Path
from typing import Any

import pytest

from core.errors import ConfigError
from core.health import Health
from sandbox.docker import Docker
from sandbox.engine_findings import findings, missing_runtime, unreachable

GOOD: dict[str, Any] = {
    "ServerVersion": "29.1",
    "CgroupVersion": "2",
    "CgroupDriver": "systemd",
    "Driver": "overlay2",
    "KernelVersion": "6.12",
    "MemoryLimit": True,
    "SwapLimit": True,
    "PidsLimit": True,
    "CPUSet": True,
    "SecurityOptions": ["name=seccomp,profile=builtin", "name=rootless", "name=cgroupns"],
    "Runtimes": {"runc": {}, "runsc": {}},
}


def healths(**differing: object) -> dict[str, Health]:
    found = findings("unix:///some/docker.sock", GOOD | differing, runtime="runsc", cores="2-3")
    return {finding.subject: finding.health for finding in found}


def test_an_engine_that_has_everything_is_good() -> None:
    assert set(healths().values()) == {Health.GOOD}


@pytest.mark.parametrize(
    ("lacking", "subject"),
    [
        ({"MemoryLimit": False}, "memory limit"),
        ({"SwapLimit": False}, "swap limit"),
        ({"PidsLimit": False}, "process limit"),
        ({"CPUSet": False}, "pinned cores"),
        ({"SecurityOptions": ["name=seccomp"]}, "user namespace"),
    ],
)
def test_each_limit_that_does_not_bite_is_named(lacking: dict[str, object], subject: str) -> None:
    limited = [name for name, health in healths(**lacking).items() if health is not Health.GOOD]
    assert limited == [subject]


def test_an_engine_that_can_not_filter_system_calls_is_of_no_use() -> None:
    assert healths(SecurityOptions=["name=rootless"])["seccomp"] is Health.MISSING


def test_an_unknown_runtime_is_refused_with_those_there_are() -> None:
    assert str(missing_runtime("runsk", GOOD)) == "the Docker engine has no runtime 'runsk'; it has: runc, runsc"
    assert missing_runtime("runsc", GOOD) is None
    assert missing_runtime("", GOOD) is None


def test_without_an_engine_the_message_says_where_it_was_looked_for_and_what_to_install(tmp_path: Path) -> None:
    nowhere = Docker(cache=tmp_path, scratch=tmp_path, tools={}, engine=f"unix://{tmp_path}/docker.sock")
    with pytest.raises(ConfigError, match=f"{tmp_path}/docker.sock.*apt-get install docker.io"):
        nowhere.prepare(tmp_path, (), timeout_seconds=10)
    [finding] = nowhere.examine()
    assert finding.health is Health.MISSING


def test_a_socket_that_this_user_may_not_use_is_told_from_one_that_is_not_there() -> None:
    assert "usermod -aG docker" in str(unreachable("unix:///some/docker.sock", "[Errno 13] Permission denied"))
    assert "usermod" not in str(unreachable("unix:///some/docker.sock", "[Errno 2] No such file or directory"))
