"""Unpacking archives that were made to break out, to blow up or to break the reader."""

import bz2
import gzip
import io
import lzma
import os
import random
import stat
import tarfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from core.errors import ConfigError
from sandbox.archives import unpack
from sandbox.extent import DEFAULT_LIMITS, Limits
from sandbox.repository import materialise_archive

FILES = {"pkg/a.py": b"A = 1\n", "README": b"read me\n"}


def zipped(entries: Sequence[tuple[str, bytes, int]]) -> bytes:
    """A zip with these names, contents and modes, in this order."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content, mode in entries:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return packed.getvalue()


def tarred(*members: tuple[str, bytes, Mapping[str, object]]) -> bytes:
    """A tar with these names, contents and other attributes."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content, attributes in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            for attribute, value in attributes.items():
                setattr(info, attribute, value)
            archive.addfile(info, io.BytesIO(content))
    return packed.getvalue()


def plain_zip(files: Mapping[str, bytes] = FILES) -> bytes:
    return zipped([(name, content, stat.S_IFREG | 0o644) for name, content in files.items()])


def plain_tar(files: Mapping[str, bytes] = FILES) -> bytes:
    return tarred(*((name, content, {}) for name, content in files.items()))


def unpacked(folder: Path, packed: bytes, limits: Limits = DEFAULT_LIMITS) -> dict[str, bytes]:
    """The files that come out. Nothing may appear anywhere else."""
    archive, into = folder / "archive", folder / "into"
    archive.write_bytes(packed)
    into.mkdir()
    try:
        unpack(archive, into, limits)
    finally:
        assert sorted(path.name for path in folder.iterdir()) == ["archive", "into"]
    found = [path for path in into.rglob("*") if path.is_symlink() or not path.is_dir()]
    return {
        path.relative_to(into).as_posix(): os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in found
    }


def test_a_zip_is_unpacked(tmp_path: Path) -> None:
    assert unpacked(tmp_path, plain_zip()) == FILES


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_a_tar_is_unpacked_however_it_is_compressed(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    assert unpacked(tmp_path, pack(plain_tar())) == FILES


def test_a_single_folder_at_the_top_is_left_away(tmp_path: Path) -> None:
    folder = ("proj-1.0/", b"", stat.S_IFDIR | 0o755)
    link = ("proj-1.0/pkg/link.py", b"../README", stat.S_IFLNK | 0o777)
    files = [(f"proj-1.0/{name}", content, stat.S_IFREG | 0o644) for name, content in FILES.items()]
    assert unpacked(tmp_path, zipped([folder, *files, link])) == FILES | {"pkg/link.py": b"../README"}


def test_programs_stay_programs_and_no_other_mode_is_taken(tmp_path: Path) -> None:
    unpacked(tmp_path, tarred(("run", b"", {"mode": 0o7777 & ~0o6000}), ("data", b"", {"mode": 0})))
    modes = {name: stat.S_IMODE((tmp_path / "into" / name).stat().st_mode) for name in ("run", "data")}
    assert modes == {"run": 0o755, "data": 0o644}


def test_what_git_believes_is_not_taken_from_an_archive(tmp_path: Path) -> None:
    hidden = {
        ".git/config": b"[core]\nfsmonitor = touch /tmp/x\n",
        ".git/hooks/post-checkout": b"",
        "sub/.git": b"gitdir: /",
    }
    assert unpacked(tmp_path, plain_tar(FILES | hidden)) == FILES


@pytest.mark.parametrize("name", ["/etc/cron.d/x", "../x", "a/../../x", "a/..", "..", "a\\..\\..\\x", "a\nb", "a\x1b[2Jb",
                                  "a\u202eb", "x" * 256, "/".join(["d"] * 101), "/".join(["x" * 200] * 6)])  # fmt: skip
@pytest.mark.parametrize("pack", [plain_zip, plain_tar])
def test_names_that_lead_out_or_deceive_are_refused(
    tmp_path: Path, pack: Callable[[Mapping[str, bytes]], bytes], name: str
) -> None:
    with pytest.raises(ConfigError) as refusal:
        unpacked(tmp_path, pack(FILES | {name: b"x"}))
    assert str(refusal.value).isprintable()
    assert not list((tmp_path / "into").iterdir())


@pytest.mark.parametrize(
    "target", ["/etc/passwd", "../x", "..", "pkg/../../x", "pkg/..", ".git/config", "", "x" * 2000]
)
def test_links_that_could_lead_out_are_refused(tmp_path: Path, target: str) -> None:
    link = ("link", target.encode(), stat.S_IFLNK | 0o777)
    with pytest.raises(ConfigError, match="link"):
        unpacked(tmp_path, zipped([("a", b"", stat.S_IFREG), link]))


def test_a_chain_of_links_that_leads_out_in_the_end_is_refused(tmp_path: Path) -> None:
    chain = [
        ("here", {"type": tarfile.SYMTYPE, "linkname": "."}),
        ("up", {"type": tarfile.SYMTYPE, "linkname": "here/.."}),
    ]
    with pytest.raises(ConfigError, match="'up' leads to"):
        unpacked(tmp_path, tarred(("a", b"", {}), *((name, b"", attributes) for name, attributes in chain)))


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    link = ("door", b"", {"type": tarfile.SYMTYPE, "linkname": str(tmp_path / "outside")})
    (tmp_path / "archive").write_bytes(tarred(link, ("door/x", b"x", {})))
    (tmp_path / "into").mkdir()
    with pytest.raises(ConfigError, match="below 'door', which is no folder"):
        unpack(tmp_path / "archive", tmp_path / "into", DEFAULT_LIMITS)
    assert not list((tmp_path / "outside").iterdir())


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({"type": tarfile.LNKTYPE, "linkname": "a"}, "hard link"),
        ({"type": tarfile.CHRTYPE}, "a device"),
        ({"type": tarfile.BLKTYPE}, "a device"),
        ({"type": tarfile.FIFOTYPE}, "a pipe"),
        ({"type": b"Z"}, "a device"),
        ({"type": tarfile.GNUTYPE_SPARSE}, "sparse"),
        ({"mode": 0o4755}, "setuid"),
        ({"mode": 0o2755}, "setgid"),
    ],
)
def test_everything_but_files_folders_and_links_is_refused(
    tmp_path: Path, attributes: Mapping[str, object], reason: str
) -> None:
    with pytest.raises(ConfigError, match=f"'odd' is .*{reason}"):
        unpacked(tmp_path, tarred(("a", b"", {}), ("odd", b"", attributes)))


@pytest.mark.parametrize("mode", [stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFCHR, stat.S_IFREG | stat.S_ISUID])
def test_a_zip_can_hold_no_devices_either(tmp_path: Path, mode: int) -> None:
    with pytest.raises(ConfigError, match="'odd' is"):
        unpacked(tmp_path, zipped([("odd", b"", mode)]))


@pytest.mark.parametrize(
    ("names", "reason"),
    [(("a", "a"), "was there before"), (("a", "./a"), "was there before"), (("a", "a/b"), "no folder"), (("a/b", "a"), "before")],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_can_be_taken_once(tmp_path: Path, names: tuple[str, str], reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        unpacked(tmp_path, zipped([(name, b"", stat.S_IFREG) for name in names]))


@pytest.mark.parametrize("pack", [plain_zip, plain_tar, lambda files: gzip.compress(plain_tar(files))])
def test_limits_are_counted_while_writing(tmp_path: Path, pack: Callable[[Mapping[str, bytes]], bytes]) -> None:
    many = pack({str(number): b"" for number in range(11)})
    large = pack({"a": b"a" * 20_000, "b": b"b" * 20_000})
    for number, (packed, limits, reason) in enumerate(
        [
            (many, Limits(files=10), "more than 10 files, the limit of PERFSMITH_SOURCE_FILES"),
            (large, Limits(size_bytes=30_000), "larger than 30000 bytes, the limit of PERFSMITH_SOURCE_BYTES"),
            (large, Limits(seconds=0), "longer than 0 s, the limit of PERFSMITH_SOURCE_SECONDS"),
        ]
    ):
        (tmp_path / str(number)).mkdir()
        with pytest.raises(ConfigError, match=reason):
            unpacked(tmp_path / str(number), packed, limits)


@pytest.mark.parametrize(
    "pack", [plain_zip, lambda files: gzip.compress(plain_tar(files)), lambda files: bz2.compress(plain_tar(files))]
)
def test_a_bomb_is_told_by_its_ratio(tmp_path: Path, pack: Callable[[Mapping[str, bytes]], bytes]) -> None:
    with pytest.raises(ConfigError, match="unpacks to more than 67108864 bytes, which is more than 200 times"):
        unpacked(tmp_path, pack({"zeros": bytes(70 << 20)}))


def test_a_zip_that_lies_about_sizes_is_refused(tmp_path: Path) -> None:
    content = os.urandom(5000)
    packed = zipped([("a", content, stat.S_IFREG)])
    size = len(content).to_bytes(4, "little")
    with pytest.raises(ConfigError, match="damaged"):
        unpacked(tmp_path, packed.replace(size, (10).to_bytes(4, "little")))


def test_a_header_that_claims_gigabytes_takes_no_memory(tmp_path: Path) -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 5 << 30
    with pytest.raises(ConfigError, match="a header has 5368709120 bytes"):
        unpacked(tmp_path, info.tobuf(tarfile.GNU_FORMAT) + bytes(1 << 20))


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    packed = bytearray(plain_zip())
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(magic) + offset] |= 1
    with pytest.raises(ConfigError, match=r"'pkg/a\.py' is encrypted"):
        unpacked(tmp_path, bytes(packed))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods_of_zip_are_refused(tmp_path: Path, method: int) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("a", b"a")
    with pytest.raises(ConfigError, match=f"by method {method}"):
        unpacked(tmp_path, packed.getvalue())


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.75])
def test_a_tar_that_is_cut_off_is_refused(tmp_path: Path, pack: Callable[[bytes], bytes], share: float) -> None:
    noise = random.Random(0).randbytes(3000)
    files = {"a": noise, "b": noise, "c": b""}
    whole = pack(plain_tar(files))
    whole = whole if pack is not bytes else whole[:9216]
    with pytest.raises(ConfigError, match=r"damaged"):
        unpacked(tmp_path, whole[: int(len(whole) * share)])


def test_a_tar_whose_header_is_damaged_does_not_just_end_there(tmp_path: Path) -> None:
    packed = bytearray(plain_tar())
    packed[1024 + 5] ^= 0xFF
    with pytest.raises(ConfigError, match=r"cut off or damaged after the entry 'pkg/a\.py'"):
        unpacked(tmp_path, bytes(packed))


@pytest.mark.parametrize("packed", [b"", b"hello", b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", bytes(10240)])
def test_what_is_no_archive_or_an_empty_one_is_refused(tmp_path: Path, packed: bytes) -> None:
    with pytest.raises(ConfigError, match="the archive can't be unpacked"):
        unpacked(tmp_path, packed)


def test_an_archive_in_an_archive_stays_one(tmp_path: Path) -> None:
    inner = gzip.compress(plain_tar())
    assert unpacked(tmp_path, plain_zip(FILES | {"inner.tar.gz": inner}))["inner.tar.gz"] == inner


def test_the_same_files_make_the_same_revision_in_any_format(tmp_path: Path) -> None:
    attributes = {".gitattributes": b"*.txt eol=crlf\n*.py filter=evil ident working-tree-encoding=UTF-16\n"}
    files = FILES | attributes | {".gitignore": b"*.txt\n", "a.txt": b"one\ntwo\r\n"}
    made = []
    for name, packed in (("one", plain_zip(files)), ("two", gzip.compress(plain_tar(dict(reversed(files.items())))))):
        (tmp_path / name).write_bytes(packed)
        made.append(materialise_archive(tmp_path / name, tmp_path / f"{name}-tree", DEFAULT_LIMITS))
    assert made[0].revision == made[1].revision
    assert len(made[0].revision) == 40
    assert {name: (made[0].tree / name).read_bytes() for name in files} == files


def test_names_that_a_file_system_could_take_for_git_are_refused(tmp_path: Path) -> None:
    for number, name in enumerate((".GIT/config", "GIT~1/config", ".git./config", ".git::$INDEX_ALLOCATION/config")):
        (tmp_path / str(number)).write_bytes(plain_tar({"a": b"", name: b"x"}))
        with pytest.raises(ConfigError, match="can't be made a commit"):
            materialise_archive(tmp_path / str(number), tmp_path / "tree", DEFAULT_LIMITS)
        assert not (tmp_path / "tree").exists()
