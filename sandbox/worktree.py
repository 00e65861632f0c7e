"""Looks at a user's own checkout without writing to it and without reading its configuration's programs."""

import shutil
import tempfile
from pathlib import Path

from core.errors import ConfigError
from sandbox.git import git

_SOME = 5


def top_of(path: Path) -> Path:
    """The work tree at `path`. ConfigError unless `path` is the top of one that has a commit."""
    if not path.is_dir():
        raise ConfigError(f"{path} is no folder; give the path of a git checkout or a URL")
    path = path.resolve()
    inside = git("rev-parse", "--is-inside-work-tree", folder=path)
    if not inside.succeeded:
        raise ConfigError(f"{path} is no git repository: {inside.complaint}")
    if inside.text != "true":
        raise ConfigError(
            f"{path} is a bare repository or a .git folder; give the path of a checkout, or a file:// URL"
        )
    top = Path(git("rev-parse", "--show-toplevel", folder=path).or_refuse(f"{path} can't be read")).resolve()
    if top != path:
        raise ConfigError(f"{path} is a folder inside a repository; give its top-level folder {top}")
    if not git("rev-parse", "--verify", "--quiet", "HEAD^{commit}", folder=path).succeeded:
        raise ConfigError(f"{path} has no commit yet; commit what is to be optimised")
    return path


def refuse_unless_clean(top: Path) -> None:
    """ConfigError naming changed and untracked files of the work tree, when there are any."""
    changed = _changes(top)
    if changed:
        some = ", ".join(changed[:_SOME]) + (f" and {len(changed) - _SOME} more" if len(changed) > _SOME else "")
        raise ConfigError(f"{top} has changes that are not committed ({some}); commit or stash them, or give a ref")


def _changes(top: Path) -> list[str]:
    """Changed and untracked paths, told by a copy of the index in a repository of ours.

    In theirs, git would run the filters that the repository's own configuration names.
    """
    with tempfile.TemporaryDirectory() as folder:
        ours = Path(folder)
        git("init", "--quiet", "--bare", "--template=", folder=ours).or_refuse(f"{top} can't be looked at")
        _borrow(top, ours)
        options = ("--porcelain=v1", "-z", "--no-renames", "--untracked-files=normal", "--ignore-submodules=all")
        places = (f"--git-dir={ours}", f"--work-tree={top}", "-c", "core.bare=false")
        status = git("status", *options, folder=top, settings=places).or_refuse(f"{top} can't be looked at")
    return [entry[3:] for entry in status.split("\0") if entry]


def _borrow(top: Path, ours: Path) -> None:
    """Give our repository the objects, the index, the ignored names and the head of theirs."""
    head = git("rev-parse", "HEAD", folder=top).or_refuse(f"{top} has no commit")
    (ours / "HEAD").write_text(f"{head}\n")
    (ours / "objects" / "info").mkdir(exist_ok=True)
    (ours / "objects" / "info" / "alternates").write_text(f"{_git_path(top, 'objects')}\n")
    index = _git_path(top, "index")
    for file in [index, *index.parent.glob("sharedindex.*")]:
        if file.exists():
            shutil.copy2(file, ours / file.name)
    exclude = _git_path(top, "info/exclude")
    if exclude.is_file():
        (ours / "info").mkdir(exist_ok=True)
        shutil.copy2(exclude, ours / "info" / "exclude")
    mode = git("config", "--type=bool", "--get", "core.fileMode", folder=top).text
    if mode == "false":
        git("config", "core.fileMode", mode, folder=ours).or_refuse(f"{top} can't be looked at")


def _git_path(top: Path, name: str) -> Path:
    return top / git("rev-parse", "--git-path", name, folder=top).or_refuse(f"{top} can't be read")
