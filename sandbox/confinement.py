"""What a container may do and take: the options with which every container of ours is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sandbox.cgroups import SHARES
from sandbox.session import HOME, LAYOUT, OUT_BYTES, RUNNER_OPTIONS

USER = 1000
"""User and group of everything that runs in a container."""
SETTINGS = PurePosixPath("/run/perfsmith")
"""What setup is told and no image keeps; for building only."""
_SECCOMP = Path(__file__).with_name("seccomp.json")


@dataclass(frozen=True, kw_only=True)
class Confinement:
    """The limits of a container."""

    memory_bytes: int
    processes: int
    file_bytes: int
    inodes: int
    open_files: int
    cores: str
    runtime: str

    def to_run(self, labels: Mapping[str, str]) -> Mapping[str, object]:
        """For running samples: nothing but memory to write to, and nobody to talk to."""
        private = {str(LAYOUT.repo): self.file_bytes}
        # Docker copies the host's resolver into every container, also where there is no network.
        unresolved = {"dns": ["127.0.0.1"], "dns_search": ["."]}
        network = {"network_mode": "none", "read_only": True, **unresolved}
        return {**self._common(labels), **network, "tmpfs": self._file_systems(private)}

    def to_build(self, labels: Mapping[str, str], *, network: str) -> Mapping[str, object]:
        """For setup: with a network, and with files that last."""
        private = {str(SETTINGS): self.file_bytes}
        return {**self._common(labels), "network_mode": network, "tmpfs": self._file_systems(private)}

    def _common(self, labels: Mapping[str, str]) -> Mapping[str, object]:
        chosen = {"cpuset_cpus": self.cores, "runtime": self.runtime}
        return {
            **{name: value for name, value in chosen.items() if value},
            **_RUNNER_OPTIONS,
            "labels": dict(labels),
            "user": f"{USER}:{USER}",
            "cap_drop": ["ALL"],
            "security_opt": ["no-new-privileges:true", f"seccomp={_SECCOMP.read_text()}"],
            "cpu_shares": SHARES,
            "pids_limit": self.processes,
            "mem_limit": self.memory_bytes,
            "memswap_limit": self.memory_bytes,
            "ulimits": self._ulimits(),
        }

    def _ulimits(self) -> list[Mapping[str, object]]:
        limits = {"data": self.memory_bytes, "fsize": self.file_bytes, "nofile": self.open_files, "core": 0}
        return [{"Name": name, "Soft": value, "Hard": value} for name, value in limits.items()]

    def _file_systems(self, private: Mapping[str, int]) -> Mapping[str, str]:
        """Those for everybody belong to root, so that no command can change the folder itself."""
        shared = {"/tmp": self.file_bytes, "/dev/shm": self.file_bytes}  # noqa: S108  the sandbox's own
        own = {HOME: self.file_bytes, str(LAYOUT.out): min(self.file_bytes, OUT_BYTES), **private}
        return {
            **{place: self._file_system(size, "mode=1777") for place, size in shared.items()},
            **{place: self._file_system(size, f"mode=0755,uid={USER},gid={USER}") for place, size in own.items()},
        }

    def _file_system(self, size: int, owner: str) -> str:
        return f"rw,exec,nosuid,nodev,size={size},nr_inodes={self.inodes},{owner}"


_RUNNER_OPTIONS: Mapping[str, object] = {
    "entrypoint": ["python3", *RUNNER_OPTIONS],
    "command": [],
    "environment": {},
    "use_config_proxy": False,
    "healthcheck": {"test": ["NONE"]},
    "working_dir": "/",
    "hostname": "sandbox",
    "stdin_open": True,
    "auto_remove": True,
    "cgroupns": "private",
    "ipc_mode": "private",
    "log_config": {"Type": "none"},
}
