"""Strategies for submissions that nobody means well with: archives, and URLs with refs."""

import bz2
import gzip
import io
import lzma
import stat
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from .conftest import PROBLEM

EVIL_NAMES = (
    "../escaped", "a/../../escaped", "/tmp/escaped", "//escaped", "..", ".", "", "./", "a/..", "..\\escaped", "C:\\escaped",
    ".git/config", ".git/hooks/post-checkout", ".GIT/config", "git~1/config", ".git./x", "sub/.git/config", ".git",
    ".gitmodules", ".gitattributes", ".gitignore", "perfsmith.toml", "pyproject.toml", "work.py/below", "a", "a/b", "a/b/c",
    "a\nb", "a\x1b[2J", "a\u202egnp.py", "x" * 300, "d/" * 150 + "x", "e\u0301", "\u00e9", "CON", "aux.py", "a:b", "-rf", "--help",
)  # fmt: skip
EVIL_TARGETS = (
    "/etc/passwd", "../outside", "..", ".", "a/..", "a/../..", "../../../../../../etc", "", "work.py", "a", "\x00", "x" * 5000,
    ".git/config", "/proc/self/environ",
)  # fmt: skip
TAR_TYPES = (
    tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE,
    tarfile.GNUTYPE_SPARSE, tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.CONTTYPE, b"Z",
)  # fmt: skip
ZIP_TYPES = (0, stat.S_IFREG, stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFREG | stat.S_ISUID)
COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    ".tar": bytes,
    ".tar.gz": gzip.compress,
    ".tgz": gzip.compress,
    ".tar.bz2": bz2.compress,
    ".tar.xz": lzma.compress,
}

names = st.sampled_from(EVIL_NAMES) | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
contents = st.binary(max_size=60) | st.sampled_from([target.encode() for target in EVIL_TARGETS])


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What somebody hands in."""

    repository: str = ""
    ref: str | None = None
    ending: str = ""
    packed: bytes = b""
    """An archive, where there is an ending."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """An entry of an archive to be."""

    name: str
    content: bytes
    kind: int
    """Picks from the types of the format."""
    mode: int
    size: int | None
    """A lie about the content's length."""


pieces = st.lists(
    st.builds(
        Piece,
        name=names,
        content=contents,
        kind=st.just(0) | st.integers(0, 100),
        mode=st.just(0o644) | st.integers(0, 0o7777),
        size=st.none() | st.none() | st.sampled_from([0, 1, 10**6, 2**33, -1, -512, -(2**40)]),
    ),
    max_size=5,
)
damages = st.just(()) | st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=4)


def _tar(problem: bool, extra: list[Piece]) -> bytes:  # noqa: FBT001 - drawn by hypothesis
    packed = io.BytesIO()
    whole = [Piece(name=n, content=t.encode(), kind=0, mode=0o644, size=None) for n, t in PROBLEM.items() if problem]
    for piece in [*whole, *extra]:
        info = tarfile.TarInfo(piece.name.replace("\0", ""))
        info.type, info.mode, info.size = TAR_TYPES[piece.kind % len(TAR_TYPES)], piece.mode, len(piece.content)
        info.linkname = piece.content.decode("utf-8", "replace").replace("\0", "")
        header = bytearray(info.tobuf(tarfile.PAX_FORMAT))
        if piece.size is not None:
            _lie(header, piece.size)
        packed.write(bytes(header) + piece.content + bytes(-len(piece.content) % tarfile.BLOCKSIZE))
    return packed.getvalue() + bytes(2 * tarfile.BLOCKSIZE)


def _lie(header: bytearray, size: int) -> None:
    """Change the size that the last block of a header claims."""
    start = len(header) - tarfile.BLOCKSIZE
    header[start + 124 : start + 136] = (
        b"%011o\0" % size if size >= 0 else b"\xff" + size.to_bytes(11, "big", signed=True)
    )
    header[start + 148 : start + 156] = b" " * 8
    header[start + 148 : start + 156] = b"%06o\0 " % sum(header[start:])


def _zip(problem: bool, extra: list[Piece]) -> bytes:  # noqa: FBT001 - drawn by hypothesis
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of duplicate names
        for name, text in PROBLEM.items() if problem else ():
            archive.writestr(name, text)
        for piece in extra:
            info = zipfile.ZipInfo(piece.name)
            info.external_attr = (ZIP_TYPES[piece.kind % len(ZIP_TYPES)] | piece.mode) << 16
            info.compress_type = zipfile.ZIP_DEFLATED if piece.kind % 2 else zipfile.ZIP_STORED
            archive.writestr(info, piece.content)
            info.file_size = info.file_size if piece.size is None else max(piece.size, 0)
    return packed.getvalue()


def _damaged(packed: bytes, changes: "list[tuple[float, int]] | tuple[()]", kept: float) -> bytes:
    damaged = bytearray(packed)
    for place, value in changes:
        damaged[int(place * (len(damaged) - 1))] = value
    return bytes(damaged[: int(len(damaged) * kept)])


@st.composite
def archives(draw: st.DrawFn) -> Submission:
    """Hostile names, types, links, sizes and modes beside a good problem or none, whole or damaged."""
    ending = draw(st.sampled_from([".zip", ".zip", *COMPRESSORS]))
    problem, extra = draw(st.booleans()), draw(pieces)
    if draw(st.integers(0, 2)):
        return Submission(
            ending=ending,
            packed=_zip(problem, extra) if ending == ".zip" else COMPRESSORS[ending](_tar(problem, extra)),
        )
    kept = draw(st.just(1.0) | st.floats(0, 1))
    if ending == ".zip":
        return Submission(ending=ending, packed=_damaged(_zip(problem, extra), draw(damages), kept))
    plain = _damaged(_tar(problem, extra), draw(damages), 1.0)
    return Submission(ending=ending, packed=_damaged(COMPRESSORS[ending](plain), draw(st.just(()) | damages), kept))


schemes = st.sampled_from(
    ["https://", "https://", "ssh://", "HTTPS://", "http://", "git://", "file://", "ftp://", "ext::", "fd::", "https::", "ssh+git://",
     "git@", "-", "--upload-pack=", "javascript:", "https:/", "https:///", "://", ""]
)  # fmt: skip
users = st.sampled_from(
    ["", "", "user@", "user:pass@", "-oProxyCommand=x@", "@", "a@b@", "github.com@", "%40@", "git:@"]
)
hosts = st.sampled_from(
    ["localhost", "LOCALHOST.", "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1", "0", "[::1]", "[::]",
     "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1%25eth0]", "169.254.169.254",
     "metadata.internal", "127.0.0.1.nip.example", "example.org", "example.org.", "exa\u3002mple", "①②⑦.0.0.1", "-oProxyCommand=id",
     "$(id)", "`id`", "a b", "a\tb", "x" * 300, "xn--nxasmq6b.example", "b\u00fccher.example", "example.org%00.evil", "example.org\\@evil"]
) | st.text(max_size=15)  # fmt: skip
rests = st.sampled_from(
    ["/a/b.git", ":a/b.git", ":22/a", ":443/a", ":99999999/a", ":-1/a", ":0/a", "", "/", "/%0a", "/%2e%2e/x", "/a?x=y", "/a#f",
     "/--upload-pack=id", "/;id", "/$(id)", "/a\nb", "/a\0b", "/" + "a" * 5000, ":-oProxyCommand=id", "/~root/x", "/a b"]
) | st.text(max_size=20)  # fmt: skip
refs = st.none() | st.sampled_from(
    ["HEAD", "main", "-x", "--upload-pack=id", "", "a:b", "+a", "a b", "a\0b", "\ud800", "x" * 5000, "@{-1}", "../../x", "^x", "a..b"]
)  # fmt: skip

urls = st.builds(
    lambda scheme, user, host, rest, ref: Submission(repository=scheme + user + host + rest, ref=ref),
    schemes, users, hosts, rests, refs,
)  # fmt: skip
private = st.builds(
    lambda scheme, host, rest, ref: Submission(repository=scheme + host + rest, ref=ref),
    st.sampled_from(["https://", "ssh://", "ssh://git@", "git@"]),
    st.sampled_from(
        ["example.org", "metadata.internal", "localhost", "10.0.0.1", "a_b.example", "127.0.0.1.nip.example"]
    ),
    st.sampled_from([":22/a", ":443/a/b.git"]),
    st.sampled_from([None, "HEAD", "main", "@{-1}"]),
)
"""Nothing is wrong with these but where they lead."""
loose = st.builds(Submission, repository=st.text(max_size=40), ref=refs)
submissions = st.one_of(archives(), archives(), archives(), urls, urls, private, loose)
