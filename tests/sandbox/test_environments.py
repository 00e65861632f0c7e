"""Building environments once, and telling well why one can't be built."""

import os
import threading
from pathlib import Path, PurePosixPath

import pytest

from core.errors import ConfigError, NoSandboxError, is_of_machine
from core.execution import Ending, ExecResult, Layout, Output, shell
from sandbox.environments import cached, key_of
from sandbox.installing import install
from sandbox.variables import setup_variables

from .conftest import SETUP, Prepared, write_tree


def test_the_same_sources_and_setup_are_built_once(prepared: Prepared) -> None:
    """In no time: were it built again, it would be too slow."""
    again = prepared.provider.prepare(prepared.tree, SETUP, timeout_seconds=0.01)
    assert again == prepared.environment


def test_a_failing_setup_line_is_named_with_its_output(prepared: Prepared) -> None:
    with pytest.raises(ConfigError) as caught:
        prepared.provider.prepare(prepared.tree, ["echo trouble is here; exit 3"], timeout_seconds=60)
    message = str(caught.value)
    assert all(word in message for word in ("echo trouble", "exit code 3", "trouble is here", "`setup`"))


def test_setup_that_takes_too_long_is_an_error_of_the_configuration(prepared: Prepared) -> None:
    with pytest.raises(ConfigError, match="timed out"):
        prepared.provider.prepare(prepared.tree, ["sleep 500"], timeout_seconds=6)


@pytest.mark.parametrize(
    ("ending", "exit_code", "error", "said"),
    [
        (Ending.TIMED_OUT, -9, ConfigError, "raise `setup_timeout`, which is 0.1 s"),
        (Ending.OUT_OF_MEMORY, -9, ConfigError, "raise the sandbox's `memory_bytes`: ran out of memory at 9 MiB"),
        (Ending.EXITED, 1, NoSandboxError, "apt-get install python3-venv"),
    ],
)
def test_limits_of_the_run_that_leave_no_room_for_an_environment_are_not_the_machines_fault(
    tmp_path: Path, ending: Ending, exit_code: int, error: type[ConfigError], said: str
) -> None:
    nothing = Output.of(b"")
    failed = ExecResult(
        ending=ending,
        exit_code=exit_code,
        wall_seconds=0.1,
        cpu_seconds=0.1,
        peak_memory_bytes=9 << 20,
        stdout=nothing,
        stderr=nothing,
    )
    place = PurePosixPath(tmp_path)
    layout = Layout(repo=place, env=place, tools=place, out=place)
    with pytest.raises(ConfigError) as caught:
        install(lambda _: failed, layout, (), timeout_seconds=0.1)
    assert type(caught.value) is error
    assert said in str(caught.value)


def test_a_setup_without_time_for_an_environment_is_an_error_of_the_configuration(prepared: Prepared) -> None:
    with pytest.raises(ConfigError, match="raise `setup_timeout`") as caught:
        prepared.provider.prepare(prepared.tree, ["true"], timeout_seconds=0.1)
    assert not is_of_machine(caught.value)


def test_candidates_get_their_changed_files_compiled(prepared: Prepared) -> None:
    """Same size and, as it may happen, same second as the original's."""
    with prepared.provider.open(prepared.environment, {"pkg/__init__.py": "VALUE = 2\n", "README": None}) as sandbox:
        line = (
            "python -c 'import pkg; print(pkg.VALUE)'; python -v -c 'import pkg' 2>&1 | grep -c 'code object from.*pkg'"
        )
        assert sandbox.run(shell(line, timeout_seconds=30)).stdout.text.split() == ["2", "1"]
        assert not sandbox.run(shell("cat README", timeout_seconds=30)).succeeded
    with prepared.provider.open(prepared.environment, {}) as sandbox:
        assert (
            sandbox.run(shell("cat pkg/__init__.py README", timeout_seconds=30)).stdout.text == "VALUE = 1\nread me\n"
        )


def test_nothing_is_left_of_a_closed_sandbox(prepared: Prepared) -> None:
    with prepared.provider.open(prepared.environment, {}) as sandbox:
        sandbox.run(shell("mkdir x; chmod 000 x .", timeout_seconds=30))
    assert list(prepared.scratch.glob("checkout-*")) == []


def test_the_key_depends_on_all_that_is_built_from(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "tree")
    keys = [key_of(tree, ["a"], backend="x"), key_of(tree, ["b"], backend="x"), key_of(tree, ["a"], backend="y")]
    (tree / "README").chmod(0o755)
    keys.append(key_of(tree, ["a"], backend="x"))
    (tree / "README").write_text("other")
    keys.append(key_of(tree, ["a"], backend="x"))
    (tree / "link").unlink()
    (tree / "link").symlink_to("elsewhere")
    keys.append(key_of(tree, ["a"], backend="x"))
    assert len(set(keys)) == len(keys)


def test_the_key_does_not_depend_on_times_or_on_git_s_own_files(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "tree")
    before = key_of(tree, [], backend="x")
    os.utime(tree / "README", (0, 0))
    (tree / ".git").mkdir()
    (tree / ".git" / "index").write_text("times")
    assert key_of(tree, [], backend="x") == before
    (tree / ".git" / "HEAD").write_text("revision")
    assert key_of(tree, [], backend="x") != before


def test_a_build_that_failed_is_never_used(tmp_path: Path) -> None:
    def fail(part: Path) -> None:
        (part / "half").write_text("")
        raise ConfigError("no")

    with pytest.raises(ConfigError):
        cached(tmp_path, "key", fail)
    assert not (tmp_path / "key").exists()
    built = cached(tmp_path, "key", lambda part: (part / "whole").touch())
    assert sorted(entry.name for entry in built.iterdir()) == ["used", "whole"]


def test_two_that_build_the_same_at_once_build_it_once(tmp_path: Path) -> None:
    builds: list[Path] = []
    threads = [threading.Thread(target=cached, args=(tmp_path, "key", builds.append)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(builds) == 1


def test_setup_is_told_the_package_index_but_no_password() -> None:
    host = {
        "PIP_INDEX_URL": "https://name:secret@index.example.org/simple",
        "HTTPS_PROXY": "name%40host:secret%40x@proxy:3128",
        "PIP_EXTRA_INDEX_URL": "https://public.example.org/simple",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }
    assert setup_variables(host) == {
        "PIP_EXTRA_INDEX_URL": "https://public.example.org/simple",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
    }
