"""Makes a folder of files the one commit of a new repository; the same files give the same commit, anywhere and always."""

from pathlib import Path

from sandbox.extent import Limits
from sandbox.git import Watch, git

_VERBATIM = "* !text !eol !crlf !ident !filter !working-tree-encoding\n"
"""Stronger than the attributes that the files bring along: git stores every byte as it is."""
_COMMIT = """\
tree {tree}
author perfsmith <perfsmith@invalid> 946684800 +0000
committer perfsmith <perfsmith@invalid> 946684800 +0000

The files of an archive
"""


def commit(folder: Path, limits: Limits) -> str:
    """The id of the commit, which is checked out. ConfigError when a path is none that git would ever check out."""
    watch = Watch.over(None, limits)

    def run(*arguments: str, stdin: bytes = b"") -> str:
        return git(*arguments, folder=folder, stdin=stdin, watch=watch).or_refuse("the files can't be made a commit")

    run("init", "--quiet", "--template=")
    (folder / ".git" / "info").mkdir(exist_ok=True)
    (folder / ".git" / "info" / "attributes").write_text(_VERBATIM)
    run("add", "--all", "--force", "--", ".")
    text = _COMMIT.format(tree=run("write-tree"))
    revision = run("hash-object", "-t", "commit", "-w", "--stdin", stdin=text.encode())
    run("update-ref", "--no-deref", "HEAD", revision)
    # One file instead of one for each of theirs: the sandbox looks at every file after every command.
    run("-c", "pack.window=0", "repack", "-a", "-d", "-q")
    return revision
