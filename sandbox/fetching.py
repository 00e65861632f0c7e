"""Gets one commit of a repository, on this machine or elsewhere, into a new one: as little as git can fetch, within limits."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigError
from sandbox.addresses import Remote, Sources, pinned
from sandbox.extent import Extent
from sandbox.git import Answer, Watch, git

_SOME = 12
_REDIRECTED = re.compile(r"returned error: 30\d")
_PINS_HOSTS = (2, 37)
"""The first git that can be told the address of a host."""


@dataclass(frozen=True, kw_only=True)
class Fetch:
    """From where to where, and how."""

    url: str
    protocol: str
    into: Path
    """An empty repository."""
    watch: Watch
    settings: Sequence[str] = ()

    def git(self, *arguments: str) -> Answer:
        """Run git on the new repository, with leave to reach the other one."""
        return git(*arguments, folder=self.into, protocol=self.protocol, watch=self.watch, settings=self.settings)

    def commit(self, name: str) -> Answer:
        """Fetch the commit that the other side calls `name`, alone."""
        return self.git("fetch", "--quiet", "--depth=1", "--no-tags", "--", self.url, name)


def fetch_local(source: Path, ref: str, into: Path, sources: Sources) -> str:
    """Fetch one commit of a repository on this machine, found by any name that git knows for it; returns its id."""
    fetch = Fetch(url=source.as_uri(), protocol="file", into=into, watch=Watch.over(into, sources.limits))
    found = git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}", folder=source)
    if not found.succeeded:
        raise _unknown_ref(fetch, str(source), ref)
    fetch.commit(found.text).or_refuse(f"{source} could not be read")
    return found.text


def fetch_remote(remote: Remote, ref: str, into: Path, sources: Sources) -> str:
    """Fetch what the server calls `ref`; where it knows no such name, everything, to find it there. Returns its id."""
    settings = pinned(remote, sources)
    if any("curloptResolve" in setting for setting in settings):
        _require_pins(into)
    fetch = Fetch(
        url=remote.url, protocol=remote.scheme, into=into, watch=Watch.over(into, sources.limits), settings=settings
    )
    fetched = fetch.commit(ref)
    if fetched.succeeded:
        return git("rev-parse", "--verify", "FETCH_HEAD^{commit}", folder=into).or_refuse(f"{ref} is no commit")
    if _REDIRECTED.search(fetched.complaint):
        raise ConfigError(
            f"{remote.url} leads to another URL, which is not followed: give that one (`curl -I` shows it; "
            f"some hosts want the URL with .git at its end): {fetched.complaint}"
        )
    return _fetch_all(fetch, ref)


def _fetch_all(fetch: Fetch, ref: str) -> str:
    fetch.git("ls-remote", "--quiet", "--", fetch.url, "HEAD").or_refuse(f"{fetch.url} can't be read")
    everything = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
    fetch.git("fetch", "--quiet", "--", fetch.url, *everything).or_refuse(f"{fetch.url} can't be fetched")
    for name in (ref, f"refs/remotes/origin/{ref}"):
        found = git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}", folder=fetch.into)
        if found.succeeded:
            return found.text
    raise _unknown_ref(fetch, fetch.url, ref)


def _require_pins(folder: Path) -> None:
    said = git("version", folder=folder).or_refuse("git does not start")
    version = re.search(r"(\d+)\.(\d+)", said)
    if not version or (int(version[1]), int(version[2])) < _PINS_HOSTS:
        least = ".".join(map(str, _PINS_HOSTS))
        raise ConfigError(
            f"{said} can't be held to the address that was checked: install git {least} or later, or set "
            "PERFSMITH_ALLOW_PRIVATE_ADDRESSES=1 to do without the check"
        )


def _unknown_ref(fetch: Fetch, source: str, ref: str) -> ConfigError:
    listed = fetch.git("ls-remote", "--quiet", "--heads", "--tags", "--refs", "--", fetch.url)
    names = [
        name for line in listed.text.splitlines() if (name := "/".join(line.split("/")[2:])).isprintable() and name
    ]
    some = ", ".join(names[:_SOME]) + (f" and {len(names) - _SOME} more" if len(names) > _SOME else "")
    return ConfigError(f"{source} has no branch, tag or commit {ref!r}; it has {some or 'none'}")


def refuse_large(revision: str, folder: Path, sources: Sources) -> None:
    """ConfigError when the files of a commit are too many, too large or have impossible paths, told before they exist.

    Links to other commits (submodules) are counted but stay empty folders.
    """
    watch = Watch.over(None, sources.limits)
    listed = git("ls-tree", "-r", "-z", "-l", "--full-tree", revision, folder=folder, watch=watch)
    extent = Extent(sources.limits)
    for line in listed.or_refuse(f"the files of {revision[:12]} can't be listed").split("\0"):
        if line:
            facts, _, path = line.partition("\t")
            size = facts.split()[3]
            extent.add_file(path)
            extent.add_bytes(int(size) if size.isdigit() else 0)
