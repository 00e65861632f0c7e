"""A request in the form that the API takes: JSON for a repository with an address, an archive for a folder of this machine."""

import gzip
import io
import tarfile
import tempfile
from pathlib import Path

from core.errors import ConfigError
from core.problem import title_of
from core.run import BackendSpec
from sandbox.addresses import Sources, remote_of
from sandbox.archives import is_archive
from sandbox.repository import local_path, materialise
from worker.report.machine import strict_object
from worker.submit import Request


def body_of(request: Request) -> dict[str, object]:
    """The JSON object of POST /runs, or of POST /judge where there is a patch; without the repository."""
    found: dict[str, object] = {
        "kind": "optimize" if request.patch is None else "judge",
        "problem": _given(vars(request.flags)),
        "sandbox": _backend(request.sandbox),
    }
    if request.seed is not None:
        found["seed"] = request.seed
    if request.patch is not None:
        return strict_object(found | {"patch": request.patch})
    found["strategy"] = _backend(request.strategy)
    found["proposers"] = [_backend(spec) for spec in request.proposers]
    found["budget"] = _given(vars(request.budget))
    return strict_object(found)


def _given(values: dict[str, object]) -> dict[str, object]:
    """What is said. A line alone is a list of one, where the API wants lists."""
    lists = ("editable", "workload", "setup")
    return {
        name: [value] if name in lists and isinstance(value, str) else value
        for name, value in values.items()
        if value is not None
    }


def _backend(spec: BackendSpec) -> dict[str, object]:
    return {"name": spec.name, "options": dict(spec.options)}


def archive_of(request: Request, sources: Sources) -> tuple[str, bytes] | None:
    """A name and an archive of the files at the request's revision, where its repository is a path of this machine.

    The same files give the same bytes, so that handing in again is recognised.
    """
    if remote_of(request.repository, sources):
        return None
    path = local_path(request.repository, sources)
    if is_archive(path):
        try:
            return path.name, path.read_bytes()
        except OSError as error:
            raise ConfigError(f"{path} can't be read: {error.strerror}") from error
    with tempfile.TemporaryDirectory(prefix="perfsmith-") as folder:
        tree = Path(folder) / "tree"
        materialise(request.repository, request.ref, tree, sources)
        return f"{title_of(str(path.resolve()))}.tar.gz", _packed(tree)


def _packed(tree: Path) -> bytes:
    content = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=content, mode="wb", mtime=0) as squeezed,
        tarfile.open(fileobj=squeezed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for path in sorted(tree.rglob("*")):
            name = path.relative_to(tree)
            if name.parts[0] != ".git" and (path.is_symlink() or path.is_file()):
                archive.add(path, arcname=name.as_posix(), recursive=False, filter=_plain)
    return content.getvalue()


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """The entry without anything of this machine: no owner and no time."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = 0
    entry.mode = 0o755 if entry.mode & 0o100 else 0o644
    return entry
