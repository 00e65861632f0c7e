"""Tricks in what comes out: links, pipes and names that make the host read or write where it should not."""

from pathlib import Path

import pytest

from core.errors import SandboxError
from core.execution import Command, ExecResult
from core.protocols import Sandbox
from sandbox.repository import read_sources
from tests.sandbox.conftest import FILE_BYTES, Prepared, sh

from .conftest import PRELUDE, run


def collected(sandbox: Sandbox, program: str, *names: str) -> ExecResult:
    argv = (sandbox.layout.python, "-c", PRELUDE + f"import socket\nos.chdir('/out')\n{program}")
    return sandbox.run(Command(argv=argv, timeout_seconds=30, collect=names))


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret"
    file.write_text("secret of the host")
    return file


LINKS = {
    "to a file of the host": "os.symlink({path!r}, 'result')",
    "to the passwords": "os.symlink('/etc/shadow', 'result')",
    "upwards": "os.symlink('../' * 30 + {path!r}, 'result')",
    "to itself": "os.symlink('result', 'result')",
    "to the runner's own files": "os.symlink('/proc/self/environ', 'result')",
    "to the runner's standard input": "os.symlink('/dev/stdin', 'result')",
    "of a link": "os.symlink('other', 'result'); os.symlink({path!r}, 'other')",
}


@pytest.mark.parametrize("trick", LINKS.values(), ids=LINKS)
def test_a_link_is_not_followed(sandbox: Sandbox, secret: Path, trick: str) -> None:
    result = collected(sandbox, trick.format(path=str(secret)), "result")
    assert (result.succeeded, dict(result.files)) == (True, {}), result.failure


HARD_LINKS = (
    "/etc/shadow",
    "/etc/passwd",
    "/env/bin/activate",
    "/usr/bin/env",
    "/perfsmith/tool/hello.txt",
    "/repo/README",
)


@pytest.mark.parametrize("path", HARD_LINKS)
def test_a_hard_link_brings_out_nothing_that_could_not_be_read_inside(sandbox: Sandbox, path: str) -> None:
    readable = sh(sandbox, f"cat {path}").stdout.data
    result = collected(sandbox, f"tell(os.link, {path!r}, 'result')", "result")
    assert result.files.get("result", b"") in (b"", readable)


OTHER_KINDS = {
    "a pipe that nobody writes to": "os.mkfifo('result')",
    "a socket": "socket.socket(socket.AF_UNIX).bind('result')",
    "a folder": "os.makedirs('result/result')",
    "a folder that is a link": "os.symlink('/etc', 'result')",
    "a device": "tell(os.mknod, 'result', 0o020666, os.makedev(1, 5))",
    "a dangling link": "os.symlink('/nowhere', 'result')",
}


@pytest.mark.parametrize("trick", OTHER_KINDS.values(), ids=OTHER_KINDS)
def test_what_is_no_plain_file_is_left_out_at_once(sandbox: Sandbox, trick: str) -> None:
    result = collected(sandbox, trick, "result")
    assert (result.succeeded, dict(result.files)) == (True, {}), result.failure
    assert sh(sandbox, "true").succeeded


FOLDER_TRICKS = {
    "replaced": "tell(os.rmdir, '/out'); tell(os.symlink, '/etc', '/out')",
    "renamed": "tell(os.rename, '/out', '/out2'); tell(os.mkdir, '/out')",
    "closed": "os.chmod('/out', 0)",
    "read-only": "os.chmod('/out', 0o555)",
}


@pytest.mark.parametrize("trick", FOLDER_TRICKS.values(), ids=FOLDER_TRICKS)
def test_tricks_with_the_out_folder_itself_bring_nothing_of_the_host(sandbox: Sandbox, trick: str) -> None:
    result = collected(sandbox, trick, "passwd", "hostname", "shadow")
    assert dict(result.files) == {}
    again = collected(sandbox, "write('result', 'mine')", "result", "passwd")
    assert dict(again.files) == {"result": b"mine"}


@pytest.mark.parametrize("name", ["../secret", ".."])
def test_a_name_that_leads_out_is_our_own_mistake(sandbox: Sandbox, name: str) -> None:
    """Names come from perfsmith, never from the code under test."""
    try:
        files = collected(sandbox, "write('/repo/secret', 'x')", name).files
    except (ValueError, SandboxError):
        files = {}
    assert dict(files) == {}


def test_a_name_that_is_an_escape_sequence_is_only_a_name(sandbox: Sandbox) -> None:
    name = "..\\secret\n\x1b[2J"
    result = collected(sandbox, f"write({name!r}, 'x')", name)
    assert dict(result.files) == {name: b"x"}


def test_a_file_too_large_to_be_a_result_is_left_out_like_a_missing_one(sandbox: Sandbox) -> None:
    """Sparse: large for who reads it, small for who wrote it."""
    result = collected(sandbox, f"os.truncate(os.open('result', os.O_CREAT | os.O_WRONLY), {FILE_BYTES - 1})", "result")
    assert len(result.files.get("result", b"")) in (0, FILE_BYTES - 1)
    beyond = collected(sandbox, f"tell(os.truncate, os.open('result', os.O_CREAT | os.O_WRONLY), {1 << 40})", "result")
    assert len(beyond.files.get("result", b"")) == 0


def test_many_files_that_nobody_asked_for_stay_inside(sandbox: Sandbox) -> None:
    result = collected(sandbox, "[write(str(n), 'x') for n in range(3000)]", "7")
    assert dict(result.files) == {"7": b"x"}


def test_output_that_looks_like_an_archive_is_bytes(sandbox: Sandbox) -> None:
    """Zip-slip: names in an archive that lead out of where it is unpacked. Nothing unpacks what comes out."""
    program = """
import io, tarfile, zipfile
with zipfile.ZipFile("result.zip", "w") as file:
    file.writestr("../../../../tmp/slipped", "x")
with tarfile.open("result.tar", "w") as file:
    file.addfile(tarfile.TarInfo("../../../../tmp/slipped"), io.BytesIO())
"""
    result = collected(sandbox, program, "result.zip", "result.tar")
    assert result.files["result.zip"].startswith(b"PK")
    assert b"../../../../tmp/slipped" in result.files["result.tar"]
    assert not Path("/tmp/slipped").exists()


CHECKOUT_TRICKS = {
    "a file becomes a link": "rm README && ln -s {path} README",
    "a folder becomes a link": "rm -r pkg && ln -s {folder} pkg",
    "a link to everything": "rm -rf pkg && ln -s / pkg",
}


@pytest.mark.parametrize("trick", CHECKOUT_TRICKS.values(), ids=CHECKOUT_TRICKS)
def test_putting_the_checkout_back_writes_through_no_link(sandbox: Sandbox, secret: Path, trick: str) -> None:
    sh(sandbox, trick.format(path=secret, folder=secret.parent))
    assert sh(sandbox, "cat README pkg/__init__.py").stdout.text == "read me\nVALUE = 1\n"
    assert secret.read_text() == "secret of the host"
    assert sorted(entry.name for entry in secret.parent.iterdir()) == ["secret"]


LEADING_OUT = ("link/x", "out/x", "../x", "/x", ".git/hooks/x", "pkg")


def test_a_change_does_not_leave_the_checkout_through_what_setup_left_there(prepared: Prepared, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "pkg").mkdir(parents=True)
    outside = tmp_path / "outside"
    outside.mkdir()
    setup = [f"ln -s {outside} out; ln -s / link"]
    environment = prepared.provider.prepare(tree, setup, timeout_seconds=100)
    for path in LEADING_OUT:
        with pytest.raises(SandboxError), prepared.provider.open(environment, {path: "x"}) as sandbox:
            run(sandbox, "pass")
    assert list(outside.iterdir()) == []
    assert not Path("/x").exists()


def test_a_link_in_a_submitted_repository_is_no_source(secret: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "link.py").symlink_to(secret)
    (tree / "folder").symlink_to(secret.parent)
    (tree / "plain.py").write_text("plain")
    assert read_sources(tree, ["*", "**/*"]) == {"plain.py": "plain"}
