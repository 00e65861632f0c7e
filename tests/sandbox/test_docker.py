"""What only containers promise. What they share with other sandboxes is in test_sandbox_contract.py and escape/, the
attacks on the runner among it.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docker import DockerClient

from core.errors import ConfigError, SandboxError
from core.execution import Command, Ending, Environment, shell
from core.health import Health
from core.protocols import Sandbox
from sandbox.docker import Docker
from tests.sandbox.engine import BASE, engine_or_reason

SETUP = ("echo generated > built.txt",)
RUN = "run-of-the-test"


@pytest.fixture(scope="session")
def client() -> Iterator[DockerClient]:
    reason = engine_or_reason()
    if reason is not None:
        pytest.skip(reason)
    client = DockerClient.from_env()
    yield client
    client.close()


@pytest.fixture(scope="session")
def provider(client: DockerClient, tmp_path_factory: pytest.TempPathFactory) -> Docker:
    assert client.ping()
    folder = tmp_path_factory.mktemp("provider")
    tools = folder / "tool"
    tools.mkdir()
    return Docker(
        cache=folder / "cache",
        scratch=folder / "scratch",
        tools={"tool": tools},
        run=RUN,
        base=BASE,
        setup_network="host",
        memory_bytes=256 << 20,
        file_bytes=200 << 20,
        processes=64,
    )


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("tree")
    (tree / "pkg.py").write_text("VALUE = 1\n")
    (tree / "README").write_text("read me\n")
    return tree


@pytest.fixture(scope="session")
def environment(provider: Docker, tree: Path) -> Environment:
    return provider.prepare(tree, SETUP, timeout_seconds=120)


@pytest.fixture
def sandbox(provider: Docker, environment: Environment) -> Iterator[Sandbox]:
    with provider.open(environment, {}) as opened:
        yield opened


def sh(sandbox: Sandbox, line: str, *, timeout_seconds: float = 30.0) -> str:
    return sandbox.run(shell(line, timeout_seconds=timeout_seconds)).stdout.text


def python(sandbox: Sandbox, code: str) -> str:
    result = sandbox.run(Command(argv=(sandbox.layout.python, "-c", code), timeout_seconds=30))
    assert result.succeeded, result.failure
    return result.stdout.text


def containers(client: DockerClient, provider: Docker) -> list[Any]:
    home = (provider.scratch / "home").read_text()
    # One that is being removed may be gone before it is looked at.
    found = client.containers.list(all=True, filters={"label": f"perfsmith.home={home}"}, ignore_removed=True)
    return list(found)


def inspected(client: DockerClient, provider: Docker) -> Mapping[str, Any]:
    [container] = containers(client, provider)
    facts: Mapping[str, Any] = client.api.inspect_container(container.id)
    return facts


def test_an_image_is_built_once_and_found_again(
    client: DockerClient, provider: Docker, tree: Path, environment: Environment
) -> None:
    assert provider.prepare(tree, SETUP, timeout_seconds=120) == environment
    assert provider.prepare(tree, ("true",), timeout_seconds=120) != environment
    labels = client.images.get(environment).labels
    assert labels["perfsmith.run"] == RUN
    assert [image.id for image in provider.images() if image.environment_key == labels["perfsmith.environment"]] == [
        environment
    ]


def test_setup_leaves_no_container_also_when_it_fails(client: DockerClient, provider: Docker, tree: Path) -> None:
    with pytest.raises(ConfigError, match="exit 3"):
        provider.prepare(tree, ("exit 3",), timeout_seconds=120)
    assert containers(client, provider) == []


def test_a_container_whose_making_was_never_answered_is_gone_when_its_sandbox_is_closed(
    client: DockerClient, provider: Docker, environment: Environment
) -> None:
    with provider.open(environment, {}):
        client.api.create_container(environment, labels=inspected(client, provider)["Config"]["Labels"])
    assert containers(client, provider) == []


def test_setup_is_an_ordinary_user_without_the_host_s_secrets(
    provider: Docker, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hush")
    monkeypatch.setenv("PIP_INDEX_URL", "https://user:password@example.org/simple")
    with pytest.raises(ConfigError) as seen:
        provider.prepare(tree, ("env; id -u; exit 3",), timeout_seconds=120)
    assert "1000" in str(seen.value)
    assert "hush" not in str(seen.value)
    assert "password" not in str(seen.value)


def test_a_container_has_no_network_no_rights_and_nothing_of_the_host(
    client: DockerClient, provider: Docker, sandbox: Sandbox
) -> None:
    facts = inspected(client, provider)
    host, settings = facts["HostConfig"], facts["Config"]
    assert facts["Mounts"] == []
    assert (host["Binds"], host["NetworkMode"], host["ReadonlyRootfs"], host["Privileged"]) == (
        None,
        "none",
        True,
        False,
    )
    assert (host["CapDrop"], host["CapAdd"], settings["User"]) == (["ALL"], None, "1000:1000")
    assert (host["PidsLimit"], host["Memory"], host["MemorySwap"]) == (64, 256 << 20, 256 << 20)
    assert (host["LogConfig"]["Type"], host["AutoRemove"]) == ("none", True)
    assert {limit["Name"]: limit["Hard"] for limit in host["Ulimits"]} == {
        "data": 256 << 20, "fsize": 200 << 20, "nofile": 4096, "core": 0,
    }  # fmt: skip
    assert all("nosuid,nodev,size=" in options and "nr_inodes=" in options for options in host["Tmpfs"].values())
    assert sandbox.layout.repo.as_posix() in host["Tmpfs"]


def test_a_container_is_held_to_our_list_of_system_calls(
    client: DockerClient, provider: Docker, sandbox: Sandbox
) -> None:
    options = inspected(client, provider)["HostConfig"]["SecurityOpt"]
    assert "no-new-privileges:true" in options
    [profile] = [option for option in options if option.startswith("seccomp=")]
    assert json.loads(profile.removeprefix("seccomp="))["defaultAction"] == "SCMP_ACT_ERRNO"
    assert sh(sandbox, "grep -E '^(Seccomp|NoNewPrivs|CapBnd):' /proc/self/status").split() == [
        "CapBnd:", "0000000000000000", "NoNewPrivs:", "1", "Seccomp:", "2",
    ]  # fmt: skip


def test_a_container_is_labelled_with_its_run(client: DockerClient, provider: Docker, sandbox: Sandbox) -> None:
    assert inspected(client, provider)["Config"]["Labels"]["perfsmith.run"] == RUN
    assert sh(sandbox, "true") == ""


def test_all_commands_of_a_sandbox_run_in_one_container(
    client: DockerClient, provider: Docker, sandbox: Sandbox
) -> None:
    before = inspected(client, provider)["Id"]
    assert [sh(sandbox, "echo $PPID") for _ in range(3)] == ["1\n"] * 3
    assert inspected(client, provider)["Id"] == before


def test_what_a_patch_changed_is_restored_from_where_no_command_can_write(
    provider: Docker, environment: Environment
) -> None:
    with provider.open(environment, {"pkg.py": "VALUE = 2\n", "README": None}) as sandbox:
        vandalism = "echo VALUE=3 > pkg.py; echo x > README; rm -r __pycache__"
        assert sh(sandbox, f"{vandalism}; cat pkg.py") == "VALUE=3\n"
        assert sh(sandbox, "cat pkg.py; ls; ls -A /out") == "VALUE = 2\n__pycache__\nbuilt.txt\npkg.py\n"
        assert python(sandbox, "import pkg; print(pkg.VALUE)") == "2\n"


def test_a_container_that_can_not_be_made_clean_is_replaced(
    client: DockerClient, provider: Docker, environment: Environment
) -> None:
    with replace(provider, inodes=500).open(environment, {}) as sandbox:
        before = inspected(client, provider)["Id"]
        sh(sandbox, "mkdir full; cd full; for i in $(seq 600); do : > $i || break; done 2>/dev/null")
        assert sh(sandbox, "ls") == "README\n__pycache__\nbuilt.txt\npkg.py\n"
        assert inspected(client, provider)["Id"] != before


def test_a_command_whose_container_is_killed_runs_again(
    client: DockerClient, provider: Docker, sandbox: Sandbox
) -> None:
    victim = inspected(client, provider)["Id"]
    thread = threading.Timer(0.5, lambda: client.api.kill(victim))
    thread.start()
    assert sh(sandbox, "sleep 1; echo done") == "done\n"
    thread.join()
    assert inspected(client, provider)["Id"] != victim


def test_memory_that_is_gone_for_files_ends_the_container_but_not_the_sandbox(sandbox: Sandbox) -> None:
    line = "for place in /tmp /dev/shm; do dd if=/dev/zero of=$place/file bs=1M count=190 2>/dev/null; done; echo done"
    result = sandbox.run(shell(line, timeout_seconds=60))
    assert result.ending is Ending.OUT_OF_MEMORY
    assert sh(sandbox, "echo next; ls -A /tmp /dev/shm") == "next\n/dev/shm:\n\n/tmp:\n"


def test_an_environment_whose_image_is_gone_is_an_error_of_the_sandbox(provider: Docker) -> None:
    with (
        pytest.raises(SandboxError, match=r"[Nn]o such image"),
        provider.open(Environment(f"sha256:{'0' * 64}"), {}),
    ):
        pass


OPEN_AND_WAIT = """
import json, sys, time
from pathlib import Path
from sandbox.docker import Docker
options = json.loads(sys.argv[1])
folders = {name: Path(options.pop(name)) for name in ("cache", "scratch")}
with Docker(tools={}, **folders, **options).open(sys.argv[2], {}):
    print("open", flush=True)
    time.sleep(600)
"""


def test_the_container_of_a_perfsmith_that_is_killed_ends(
    client: DockerClient, provider: Docker, environment: Environment
) -> None:
    options = {"cache": str(provider.cache), "scratch": str(provider.scratch), "base": BASE}
    process = subprocess.Popen(
        [sys.executable, "-c", OPEN_AND_WAIT, json.dumps(options), environment], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"open\n"
        assert len(containers(client, provider)) == 1
        process.kill()
        process.wait()
    wait_until(lambda: containers(client, provider) == [])


def wait_until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def test_containers_that_nobody_claims_are_removed_and_others_spared(
    client: DockerClient, provider: Docker, environment: Environment, sandbox: Sandbox
) -> None:
    used = inspected(client, provider)["Id"]
    labels = {"perfsmith.home": (provider.scratch / "home").read_text(), "perfsmith.claim": "checkout-of-the-dead"}
    stale = client.containers.create(BASE, ["sleep", "600"], labels=labels, network_mode="none").id
    with provider.open(environment, {}):
        left = [container.id for container in containers(client, provider)]
    assert used in left
    assert stale not in left
    assert sh(sandbox, "echo alive") == "alive\n"


def test_a_missing_base_image_is_refused_with_the_way_to_build_it(provider: Docker, tree: Path) -> None:
    lacking = replace(provider, base="perfsmith-no-such-image")
    with pytest.raises(ConfigError, match="perfsmith images base"):
        lacking.prepare(tree, (), timeout_seconds=10)
    assert [finding.subject for finding in lacking.examine() if finding.health is Health.MISSING] == ["base image"]
    assert (lacking.has_base(), provider.has_base()) == (False, True)


def test_an_engine_that_works_has_no_finding_that_something_is_missing(provider: Docker) -> None:
    found = {finding.subject: finding for finding in provider.examine()}
    assert {"Docker engine", "memory limit", "process limit", "swap limit", "seccomp", "base image"} <= found.keys()
    assert Health.MISSING not in {finding.health for finding in found.values()}
