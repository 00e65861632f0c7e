"""docker-compose.yml: compose takes it, it starts without no secret, and nobody in it may more than the page says."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.deploy.composition import OURS, ROOT, SECRETS, example, services, used

SERVICES = services()
SANDBOX_PROFILE = ROOT / "sandbox" / "seccomp.json"
WORKER_PROFILE = ROOT / "deploy" / "seccomp.json"
WORKER_CALLS = ["clone", "mount", "pivot_root", "prlimit64", "sethostname", "umount2", "unshare"]
"""What bubblewrap makes a sandbox with; and git is held to limits from outside."""


def compose() -> list[str]:
    """The command, as a plug-in of docker or by itself."""
    for argv in (["docker", "compose"], ["docker-compose"]):
        if (
            shutil.which(argv[0])
            and not subprocess.run([*argv, "version"], capture_output=True, check=False).returncode
        ):
            return argv
    pytest.skip("no docker compose here (scripts/engine.sh installs one)")


def config(folder: Path, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """`docker compose config`, on a copy that no .env stands beside."""
    shutil.copy(ROOT / "docker-compose.yml", folder)
    (folder / "deploy").mkdir()
    shutil.copy(WORKER_PROFILE, folder / "deploy")
    known = {name: value for name, value in os.environ.items() if name not in example()}
    return subprocess.run(
        [*compose(), "config"], cwd=folder, env={**known, **variables}, capture_output=True, text=True, check=False
    )


def test_compose_takes_the_file_and_puts_in_what_the_tests_put_in(tmp_path: Path) -> None:
    said = config(tmp_path, SECRETS)
    assert said.returncode == 0, said.stderr
    for name in (url for url in SERVICES["api"].environment if url.endswith("_URL")):
        assert SERVICES["api"].environment[name] in said.stdout


def test_the_example_of_an_env_file_starts_nothing_until_its_secrets_are_set(tmp_path: Path) -> None:
    assert all(example()[secret] == "" for secret in SECRETS)
    said = config(tmp_path, example())
    assert said.returncode != 0
    assert "see .env.example" in said.stderr
    with pytest.raises(KeyError, match=r"see \.env\.example"):
        services(example())


def test_the_example_has_every_variable_with_the_default_that_holds_without_it() -> None:
    assert set(example()) == used() | {"COMPOSE_PROFILES"}
    assert services(example() | SECRETS) == services()


@pytest.mark.parametrize("name", [*OURS, "postgres", "redis", "engine"])
def test_no_service_is_root_or_may_become_it_or_writes_its_own_image(name: str) -> None:
    facts = SERVICES[name].facts
    assert int(str(facts["user"]).partition(":")[0]) > 0
    assert facts["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in facts["security_opt"]
    assert facts["read_only"] is True
    assert not {"privileged", "cap_add", "pid", "ipc"} & facts.keys()
    assert facts["mem_limit"]
    assert facts["pids_limit"]


def test_the_engines_socket_is_for_the_door_and_the_door_for_the_worker_and_no_network_leads_to_either() -> None:
    def with_volume(start: str) -> set[str]:
        mounts = {name: service.facts.get("volumes", []) for name, service in SERVICES.items()}
        return {name for name, volumes in mounts.items() if any(each.startswith(start) for each in volumes)}

    assert with_volume("/var/run/docker.sock:") == {"engine"}
    assert with_volume("engine:") == {"engine", "worker"}
    assert SERVICES["engine"].facts["network_mode"] == "none"
    assert not any("2375" in json.dumps(service.facts) for service in SERVICES.values())


def test_what_remembers_is_reached_from_inside_only() -> None:
    for name in ("postgres", "redis"):
        assert SERVICES[name].facts["networks"] == ["data"]
        assert "ports" not in SERVICES[name].facts
    for name in ("api", "web"):
        assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].facts["ports"])


def test_everybody_waits_for_the_migration_and_leaves_the_tables_to_it() -> None:
    for name in ("api", "web", "worker", "beat"):
        assert SERVICES[name].facts["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert SERVICES[name].environment["PERFSMITH_UPGRADE_DATABASE"] == "0"


def test_a_worker_may_call_what_a_sandbox_may_and_what_makes_one() -> None:
    sandbox, worker = (json.loads(path.read_text()) for path in (SANDBOX_PROFILE, WORKER_PROFILE))
    *same, besides = worker.pop("syscalls")
    assert {**worker, "syscalls": same} == sandbox
    assert (besides["names"], besides["action"]) == (WORKER_CALLS, "SCMP_ACT_ALLOW")
