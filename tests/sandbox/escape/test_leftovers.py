"""Poison for whoever comes next: bytecode, start-up files and configuration that a command leaves, or a repository brings."""

import importlib.util
import marshal
import sys
from pathlib import Path

import pytest

from core.protocols import Sandbox
from tests.sandbox.conftest import SETUP, Prepared, python, sh, write_tree

from .conftest import attack

POISON = """
import importlib.util, marshal, py_compile
source = "/repo/pkg/__init__.py"
facts = os.stat(source)
with open("/tmp/poison.py", "w") as file:
    file.write("VALUE = 666\\n")
for mode in py_compile.PycInvalidationMode:
    cache = importlib.util.cache_from_source(source)
    os.makedirs(os.path.dirname(cache), exist_ok=True)
    py_compile.compile("/tmp/poison.py", cfile=cache, invalidation_mode=mode)
    if sys.argv[1] == mode.name:
        break
with open(cache, "r+b") as file:
    if mode.name == "TIMESTAMP":
        file.seek(8)
        file.write(int(facts.st_mtime).to_bytes(4, "little") + facts.st_size.to_bytes(4, "little"))
for path in (cache, os.path.dirname(cache)):
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
"""
IMPORT = "import pkg; print(pkg.VALUE)"


@pytest.mark.parametrize("mode", ["TIMESTAMP", "UNCHECKED_HASH"])
def test_poisoned_bytecode_works_for_the_command_that_wrote_it_and_for_no_other(sandbox: Sandbox, mode: str) -> None:
    assert attack(sandbox, POISON + IMPORT, mode) == "666\n"
    assert attack(sandbox, IMPORT) == "1\n"


def unchecked_bytecode(code: str) -> bytes:
    """Bytecode that Python takes without a look at the source."""
    header = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + bytes(8)
    return header + marshal.dumps(compile(code, "poison", "exec"))


def test_bytecode_that_a_repository_brings_is_not_used(prepared: Prepared, tmp_path: Path) -> None:
    """Otherwise what runs is not what is read, profiled and edited."""
    tree = write_tree(tmp_path / "tree")
    (tree / "pkg" / "__pycache__").mkdir()
    for tag in {sys.implementation.cache_tag, "cpython-311", "cpython-312", "cpython-313"}:
        (tree / "pkg" / "__pycache__" / f"__init__.{tag}.pyc").write_bytes(unchecked_bytecode("VALUE = 666"))
    environment = prepared.provider.prepare(tree, SETUP, timeout_seconds=100)
    with prepared.provider.open(environment, {}) as sandbox:
        assert attack(sandbox, IMPORT) == "1\n"
    with prepared.provider.open(environment, {"pkg/__init__.py": "VALUE = 2\n"}) as sandbox:
        assert attack(sandbox, IMPORT) == "2\n"


START_UP = {
    "a .pth file of the environment": "echo 'import os; os.write(1, b\"POISON\")' > $(echo /env/lib/python3*/site-packages)/evil.pth",
    "a sitecustomize of the environment": "echo 'print(\"POISON\")' > $(echo /env/lib/python3*/site-packages)/sitecustomize.py",
    "a sitecustomize in the checkout": "echo 'print(\"POISON\")' > sitecustomize.py",
    "a usercustomize in the checkout": "echo 'print(\"POISON\")' > usercustomize.py",
    "a module that shadows another": "echo 'print(\"POISON\")' > json.py",
    "a conftest in the checkout": "echo 'print(\"POISON\")' > conftest.py",
    "a user's site-packages": "d=~/.local/lib/python3.11/site-packages; mkdir -p $d; echo 'print(\"POISON\")' > $d/usercustomize.py",
    "a shell's profile": "echo 'echo POISON' | tee ~/.profile ~/.bashrc > ~/.bash_profile",
    "a pip configuration": "mkdir -p ~/.config/pip; printf '[global]\\nindex-url = POISON\\n' > ~/.config/pip/pip.conf",
    "a git configuration": "printf '[core]\\n\\tfsmonitor = echo POISON\\n' > ~/.gitconfig",
    "a program in the environment": "printf '#!/bin/sh\\necho POISON\\n' > /env/bin/git; chmod +x /env/bin/git",
    "another interpreter": "ln -sf /bin/echo /env/bin/python",
    "a library to preload": "echo /repo/POISON.so > /etc/ld.so.preload",
    "a harness of ours": "echo POISON > /perfsmith/tool/hello.txt",
    "the environment's configuration": "echo 'home = /repo/POISON' >> /env/pyvenv.cfg",
}
LOOK = """
python -c 'import json, site'; python -m conftest; python -m site; sh -lc true; git config --list; pip config list;
cat ~/.[!.]* /env/pyvenv.cfg /perfsmith/tool/hello.txt /etc/ld.so.preload; ls -AR ~ /tmp; command -v git
"""


@pytest.mark.parametrize("poison", START_UP.values(), ids=START_UP)
def test_no_poison_is_left_for_the_next_command(sandbox: Sandbox, poison: str) -> None:
    sh(sandbox, poison)
    seen = sh(sandbox, LOOK)
    assert "POISON" not in seen.stdout.text + seen.stderr.text
    assert python(sandbox, IMPORT).stdout.text == "1\n"


def test_the_sealed_state_of_a_candidate_is_not_poisoned_either(prepared: Prepared) -> None:
    with prepared.provider.open(prepared.environment, {"pkg/__init__.py": "VALUE = 2\n"}) as sandbox:
        assert attack(sandbox, POISON + IMPORT, "UNCHECKED_HASH") == "666\n"
        assert attack(sandbox, IMPORT) == "2\n"


REWRITE_EVERY_COPY = """
for folder, folders, names in os.walk("/"):
    folders[:] = [name for name in folders if os.path.join(folder, name) not in ("/proc", "/sys", "/usr")]
    for name in names:
        path = os.path.join(folder, name)
        try:
            if os.path.isfile(path) and read(path) == sys.argv[1].encode():
                print(path)
                os.chmod(folder, 0o777)
                os.unlink(path)
                write(path, "POISON")
        except OSError:
            pass
"""


def test_no_copy_that_the_checkout_is_put_back_from_can_be_rewritten(prepared: Prepared) -> None:
    text = "text of a candidate that is nowhere else"
    with prepared.provider.open(prepared.environment, {"README": text}) as sandbox:
        assert "/repo/README" in attack(sandbox, REWRITE_EVERY_COPY, text)
        assert sh(sandbox, "cat README").stdout.text == text


def test_compiling_a_candidate_runs_nothing_of_it(prepared: Prepared) -> None:
    poison = {
        "sitecustomize.py": "open('/repo/ran', 'w')",
        "conftest.py": "open('/repo/ran', 'w')",
        "compileall.py": "open('/repo/ran', 'w')",
        "pkg/__init__.py": "open('/repo/ran', 'w')",
    }
    with prepared.provider.open(prepared.environment, poison) as sandbox:
        assert sh(sandbox, "ls ran").exit_code != 0


def test_git_configuration_that_a_command_leaves_in_the_checkout_is_gone(prepared: Prepared, tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "tree")
    (tree / ".git" / "hooks").mkdir(parents=True)
    (tree / ".git" / "config").write_text("[core]\n\tbare = false\n")
    environment = prepared.provider.prepare(tree, [], timeout_seconds=100)
    with prepared.provider.open(environment, {}) as sandbox:
        sh(sandbox, "echo '[core] fsmonitor = evil' >> .git/config; touch .git/hooks/post-checkout .git/index.lock")
        assert sh(sandbox, "grep -c evil .git/config; ls .git/hooks; ls .git").stdout.text.split() == [
            "0",
            "config",
            "hooks",
        ]
