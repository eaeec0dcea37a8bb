"""Archives (trust.md, case 12): plain files within limits, or nothing at all."""

from __future__ import annotations

import gzip
import io
import random
import stat
import tarfile
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spikex_lab.data import archives
from spikex_lab.data.npz import npz as read_npz
from spikex_lab.errors import InvalidError, SpikexError, StorageError, TooLargeError


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): b"" if path.is_dir() else path.read_bytes()
        for path in folder.rglob("*")
    }


def make_tar(path: Path, *entries: tuple[str, bytes | tarfile.TarInfo]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in entries:
            if isinstance(content, tarfile.TarInfo):
                content.name = name
                archive.addfile(content)
            else:
                info = tarfile.TarInfo(name)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    return path


def make_zip(path: Path, *entries: tuple[str, bytes], mode: int = 0) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return path


def special(kind: bytes, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo("x")
    info.type = kind
    info.linkname = link
    return info


def refused(tmp_path: Path, archive: Path, kind: type[SpikexError] = InvalidError) -> str:
    """Extraction fails, and neither inside nor outside of the folder has anything changed."""
    out = tmp_path / "out"
    out.mkdir(exist_ok=True)
    before = tree(tmp_path)
    with pytest.raises(kind) as caught:
        archives.extract(archive, out)
    assert tree(tmp_path) == before
    assert not (tmp_path.parent / "escaped").exists()
    return str(caught.value)


def test_plain_files_are_taken(tmp_path: Path) -> None:
    entries = [("a/b.txt", b"one"), ("c.txt", b"two")]
    for archive in (make_tar(tmp_path / "a.tgz", *entries), make_zip(tmp_path / "a.zip", *entries)):
        out = tmp_path / archive.suffix[1:]
        files = archives.extract(archive, out)
        assert sorted(path.relative_to(out).as_posix() for path in files) == ["a/b.txt", "c.txt"]
        assert (out / "a" / "b.txt").read_bytes() == b"one"


def test_only_what_is_wanted_is_written(tmp_path: Path) -> None:
    archive = make_tar(tmp_path / "a.tgz", ("a.txt", b"1"), ("b.bin", b"2"))
    archives.extract(archive, tmp_path / "out", wanted=lambda name: name.endswith(".bin"))
    assert list(tree(tmp_path / "out")) == ["b.bin"]


NAMES = [
    "../escaped",
    "a/../../escaped",
    "/escaped",
    "//escaped",
    "a/./b",
    "C:/escaped",
    "..\\escaped",
    "a\nb",
    "con",
    "a/nul.txt",
    "x" * 300,
    "a/" * 600 + "b",
    "...",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("make", [make_tar, make_zip])
def test_a_name_that_leads_out_refuses_the_whole_archive(
    tmp_path: Path, make: Callable[..., Path], name: str
) -> None:
    archive = make(tmp_path / "a.tgz", ("good.txt", b"1"), (name, b"2"))
    text = refused(tmp_path, archive)
    assert "unsafe name" in text
    assert len(text) < 500


def test_a_nul_in_a_zip_name_is_seen(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", ("abcd.txt", b"1"))
    archive.write_bytes(archive.read_bytes().replace(b"abcd.txt", b"ab\0d.txt"))
    assert "unsafe name" in refused(tmp_path, archive)


@pytest.mark.parametrize(
    "entry",
    [
        special(tarfile.SYMTYPE, "/etc/passwd"),
        special(tarfile.SYMTYPE, "good.txt"),
        special(tarfile.LNKTYPE, "good.txt"),
        special(tarfile.CHRTYPE),
        special(tarfile.BLKTYPE),
        special(tarfile.FIFOTYPE),
        special(b"Z"),
    ],
)
def test_links_and_devices_refuse_the_whole_archive(tmp_path: Path, entry: tarfile.TarInfo) -> None:
    archive = make_tar(tmp_path / "a.tgz", ("good.txt", b"1"), ("bad", entry))
    refused(tmp_path, archive)


def test_a_hard_link_to_a_link_and_a_file_through_a_link(tmp_path: Path) -> None:
    archive = make_tar(
        tmp_path / "a.tgz",
        ("dir", special(tarfile.SYMTYPE, "..")),
        ("dir/escaped", b"x"),
        ("hard", special(tarfile.LNKTYPE, "dir")),
    )
    assert "not a plain file" in refused(tmp_path, archive)


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", ("l", b"/etc/passwd"), mode=stat.S_IFLNK | 0o777)
    assert "not a plain file" in refused(tmp_path, archive)


def test_a_link_that_lies_in_the_folder_already_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / "a").symlink_to(tmp_path / "elsewhere")
    archive = make_tar(tmp_path / "a.tgz", ("a/b", b"1"))
    assert "out of the folder" in refused(tmp_path, archive)


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a").write_bytes(b"mine")
    refused(tmp_path, make_tar(tmp_path / "a.tgz", ("a", b"theirs")), SpikexError)
    assert (tmp_path / "out" / "a").read_bytes() == b"mine"


@pytest.mark.parametrize("make", [make_tar, make_zip])
def test_the_same_name_twice_is_refused(tmp_path: Path, make: Callable[..., Path]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile sees it too, as it writes
        archive = make(tmp_path / "a.tgz", ("a", b"1"), ("a", b"2"))
    assert "twice" in refused(tmp_path, archive)
    archive = make(tmp_path / "b.tgz", ("a", b"1"), ("A", b"2"))
    assert "twice" in refused(tmp_path, archive)


@pytest.mark.parametrize("make", [make_tar, make_zip])
def test_too_many_entries_are_refused(
    tmp_path: Path, make: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "COUNT_LIMIT", 200)
    entries = [(f"f{number}", b"") for number in range(archives.COUNT_LIMIT + 1)]
    archive = make(tmp_path / "a.tgz", *entries)
    assert "more than 200 entries" in refused(tmp_path, archive, TooLargeError)


def test_too_many_folders_are_refused_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "COUNT_LIMIT", 200)
    folders = [(f"d{n}", special(tarfile.DIRTYPE)) for n in range(archives.COUNT_LIMIT + 1)]
    archive = make_tar(tmp_path / "a.tgz", *folders)
    assert "entries" in refused(tmp_path, archive, TooLargeError)


def test_a_zip_directory_that_would_fill_the_memory_is_not_read(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", ("a", b"1"))
    data = bytearray(archive.read_bytes())
    at = data.rfind(b"PK\x05\x06")
    data[at + 12 : at + 16] = (200 * 1024**2).to_bytes(4, "little")
    archive.write_bytes(bytes(data))
    assert "entries" in refused(tmp_path, archive, TooLargeError)


def test_a_bomb_is_refused_before_it_unpacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "FREE_SIZE", 1024**2)
    for make in (make_tar, make_zip):
        archive = make(tmp_path / "a.tgz", ("zeros", bytes(30 * 1024**2)))
        assert archive.stat().st_size < 200_000
        tracemalloc.start()
        text = refused(tmp_path, archive, TooLargeError)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert "unpacks to more" in text
        assert peak < 8 * 1024**2


def test_sizes_add_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "SIZE_LIMIT", 1000)
    entries = [(f"f{number}", b"x" * 300) for number in range(4)]
    assert "unpacks" in refused(tmp_path, make_zip(tmp_path / "a.zip", *entries), TooLargeError)


def test_a_header_that_asks_for_gigabytes_is_refused(tmp_path: Path) -> None:
    """A long-name record of 3 GB of zeros, packed to a few MB: read at once it fills the memory."""
    info = tarfile.TarInfo("././@LongLink")
    info.type = tarfile.GNUTYPE_LONGNAME
    info.size = 3 * 1024**3
    archive = tmp_path / "a.tgz"
    with gzip.open(archive, "wb") as stream:
        stream.write(info.tobuf(tarfile.GNU_FORMAT))
        stream.write(bytes(1024))
    assert "header" in refused(tmp_path, archive, TooLargeError)


def test_a_size_that_is_not_true_is_found_out(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", ("a", b"x" * 1000))
    data = bytearray(archive.read_bytes())
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    archive.write_bytes(bytes(data))
    refused(tmp_path, archive)


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tgz"])
def test_damaged_archives_are_said_so(tmp_path: Path, name: str) -> None:
    good = make_zip if name == "a.zip" else make_tar
    path = good(tmp_path / name, ("a", bytes(range(256)) * 400), ("b", b"x" * 5000))
    whole = path.read_bytes()
    for data in (b"", b"junk" * 100, whole[: len(whole) // 2], whole[:20]):
        path.write_bytes(data)
        refused(tmp_path, path)


METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("way", ["extract", "read_one", "npz"])
def test_whatever_bytes_are_damaged_is_said_in_our_words(
    tmp_path: Path, method: int, way: str
) -> None:
    path, draw, seen = tmp_path / "a.zip", random.Random(method), set()
    array = io.BytesIO()
    np.save(array, np.arange(90.0))
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("a.npy", array.getvalue())
    whole = path.read_bytes()
    reads = {
        "extract": lambda: archives.extract(path, tmp_path / f"out{number}"),
        "read_one": lambda: archives.read_one(path, "a.npy", 10**6),
        "npz": lambda: read_npz(path),
    }
    for number in range(300):  # noqa: B007 (a folder each)
        data = bytearray(whole)
        for _ in range(draw.choice((1, 2, 4))):
            data[draw.randrange(len(data))] = draw.choice((0, 255, draw.randrange(256)))
        path.write_bytes(data[: draw.randrange(len(data))] if draw.random() < 0.2 else data)
        try:
            reads[way]()
        except SpikexError as error:  # any other is a failure
            seen.add(error.what.split(":")[0])
    assert len(seen) > 1


def test_one_file_of_a_zip_is_read_within_its_limit(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", ("a", b"1" * 2_000_000), ("b", b"2"))
    assert archives.read_one(path, "b", 1) == b"2"
    with pytest.raises(InvalidError, match="a is larger than 1 MB"):
        archives.read_one(path, "a", 1_000_000)
    with pytest.raises(InvalidError, match="holds no c"):
        archives.read_one(path, "c", 1)
    with pytest.raises(StorageError, match="cannot be read: No such file"):
        archives.read_one(tmp_path / "none.zip", "a", 1)


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    archive = make_zip(tmp_path / "a.zip", ("a", b"1"))
    data = bytearray(archive.read_bytes())
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    archive.write_bytes(bytes(data))
    assert "encrypted" in refused(tmp_path, archive)


def test_a_device_is_no_archive(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="not a file"):
        archives.extract(tmp_path, tmp_path / "out")
