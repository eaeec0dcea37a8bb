"""Uploads: IDX and npz, good and bad; every bad one gives one clear message."""

from __future__ import annotations

import gzip
import io
import pickle
import struct
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikex_lab.data import Dataset, arrays, readers
from spikex_lab.errors import InvalidError, NotFoundError, SpikexError, TooLargeError

RNG = np.random.default_rng(0)
X = RNG.integers(0, 256, (40, 5, 4), dtype=np.uint8)
Y = np.arange(40) % 4


def as_idx(array: np.ndarray, code: int = 0x08) -> bytes:
    head = struct.pack(">BBBB", 0, 0, code, array.ndim) + struct.pack(
        f">{array.ndim}I", *array.shape
    )
    kind = {0x08: "u1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8", 0x09: "i1"}[code]
    return head + array.astype(kind).tobytes()


def save(path: Path, **content: Any) -> Path:
    np.savez_compressed(path, **content)
    return path


def refused(path: Path, kind: type[SpikexError] = InvalidError, **more: Any) -> str:
    with pytest.raises(kind) as caught:
        readers.read_upload(path, "mine", **more)
    text = str(caught.value)
    assert "\n" not in text
    assert len(text) < 500
    return text


@pytest.mark.parametrize("code", [0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E])
@pytest.mark.parametrize("packed", [False, True])
def test_every_type_of_idx_is_read(tmp_path: Path, code: int, packed: bool) -> None:
    values = np.arange(24).reshape(2, 3, 4)
    path = tmp_path / "a.idx"
    data = as_idx(values, code)
    path.write_bytes(gzip.compress(data) if packed else data)
    array = readers.idx(path)
    assert array.dtype.isnative
    assert np.array_equal(array, values)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda d: d[:-1], "truncated: 60 bytes of values expected, 59 found"),
        (lambda d: d[:20], "truncated"),
        (lambda d: d[:9], "header is cut short"),
        (lambda d: b"", "not an IDX file"),
        (lambda d: b"GIF89a" + d, "not an IDX file"),
        (lambda d: d[:2] + b"\x07" + d[3:], "not an IDX file"),
        (lambda d: d + b"\0", "longer than its header says"),
        (lambda d: gzip.compress(d)[:-12], "truncated"),
        (lambda d: gzip.compress(d[:-1]), "truncated"),
        (lambda d: gzip.compress(d) + b"junk", "gzip"),
        (lambda d: gzip.compress(d)[:30] + b"\xff" * 20, "gzip"),
    ],
)
def test_a_damaged_idx_file_is_refused(tmp_path: Path, damage: Any, said: str) -> None:
    path = tmp_path / "a-ubyte.gz"
    path.write_bytes(damage(as_idx(X[:3])))
    with pytest.raises(InvalidError, match="a-ubyte") as caught:
        readers.idx(path)
    assert said in str(caught.value)


def test_idx_sizes_are_checked_before_anything_is_allocated(tmp_path: Path) -> None:
    path = tmp_path / "a.idx"
    path.write_bytes(struct.pack(">BBBB4I", 0, 0, 0x0E, 4, *[2**32 - 1] * 4))
    with pytest.raises(TooLargeError):
        readers.idx(path)
    path.write_bytes(struct.pack(">BBBB1I", 0, 0, 0x08, 1, 2**30))
    with pytest.raises(InvalidError, match="truncated"):
        readers.idx(path)
    bomb = struct.pack(">BBBB1I", 0, 0, 0x08, 1, 50_000_000) + bytes(50_000_000)
    path.write_bytes(gzip.compress(bomb, 9)[:40_000])
    with pytest.raises(TooLargeError, match="unpacks"):
        readers.idx(path)


def test_an_npz_with_four_arrays_becomes_a_dataset(tmp_path: Path) -> None:
    path = save(tmp_path / "a.npz", x_train=X, y_train=Y, x_test=X[:8], y_test=Y[:8])
    info, splits = readers.read_upload(path, "mine")
    assert info.shape == (1, 5, 4)
    assert info.classes == ["0", "1", "2", "3"]
    assert info.splits == {"train": 40, "test": 8}
    assert info.value_range == (0.0, float(X.max()))
    arrays.write(tmp_path / "kept", info, splits)
    dataset = Dataset.open(tmp_path / "kept")
    assert np.array_equal(dataset.split("train").x[:, 0], X)
    assert dataset.split("train").batch([0])[0].max() <= 1.0


def test_x_and_y_alone_are_split_stratified(tmp_path: Path) -> None:
    info, splits = readers.read_upload(save(tmp_path / "a.npz", images=X, labels=Y), "mine")
    assert info.splits == {"train": 32, "test": 8}
    assert np.bincount(splits["test"][1]).tolist() == [2, 2, 2, 2]


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((7,), (7,)), ((5, 4), (1, 5, 4)), ((3, 5, 4), (3, 5, 4)), ((5, 4, 3), (3, 5, 4))],
)
def test_samples_take_their_shape(
    tmp_path: Path, shape: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    x = RNG.integers(0, 256, (20, *shape))
    info, splits = readers.read_upload(save(tmp_path / "a.npz", x=x, y=Y[:20]), "mine")
    assert info.shape == expected
    assert splits["train"][0].dtype == np.uint8
    if expected != shape and len(shape) == 3:
        assert set(map(int, splits["train"][0][0, 1].ravel())) <= set(map(int, x[..., 1].ravel()))


def test_other_numbers_become_float32(tmp_path: Path) -> None:
    x = RNG.normal(size=(20, 6))
    info, splits = readers.read_upload(save(tmp_path / "a.npz", x=x, y=Y[:20]), "mine")
    assert splits["train"][0].dtype == np.float32
    assert info.value_range[0] < 0 < info.value_range[1]


def test_validation_samples_join_the_training_ones(tmp_path: Path) -> None:
    """As in MedMNIST's files, whose labels are [N, 1]."""
    content = {
        f"{split}_{part}": value
        for split in ("train", "val", "test")
        for part, value in (("images", X), ("labels", Y[:, None]))
    }
    info, _ = readers.read_upload(save(tmp_path / "a.npz", **content), "mine")
    assert info.splits == {"train": 80, "test": 40}


def test_names_of_classes_may_be_given(tmp_path: Path) -> None:
    path = save(tmp_path / "a.npz", x=X, y=Y)
    info, _ = readers.read_upload(path, "mine", classes=["a", "b", "c", "d", "e"])
    assert info.classes == ["a", "b", "c", "d", "e"]
    text = refused(path, classes=["a", "b", "c"])
    assert "label 3 of sample" in text
    assert "out of range 0…2" in text


class Bomb:
    """Touches a file when unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> Any:
        return open, (self.path, "w")


def test_an_npz_with_objects_is_refused_and_nothing_runs(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    objects = np.array([Bomb(marker)] * 4, dtype=object)
    path = tmp_path / "a.npz"
    np.savez(path, x_train=X[:4], y_train=objects)
    assert "holds Python objects" in refused(path)
    np.savez(
        path, x_train=X[:4], y_train=np.array([(1, None)] * 4, dtype=[("a", "i4"), ("b", "O")])
    )
    assert "objects" in refused(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x_train.npy", pickle.dumps(Bomb(marker)))
    assert "not an array" in refused(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x_train.pkl", pickle.dumps(Bomb(marker)))
    assert "not an array" in refused(path)
    path.write_bytes(pickle.dumps(Bomb(marker)))
    refused(path)
    assert not marker.exists()


def npy(shape: tuple[int, ...], data: bytes = b"", descr: str = "|u1", version: int = 1) -> bytes:
    head = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H", len(head)) + head + data


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"x.npy": npy((10**11,))}, "truncated"),
        ({"x.npy": npy((10**6, 10**6, 10**6))}, "truncated"),
        ({"x.npy": npy((8,), b"1234")}, "truncated"),
        ({"x.npy": npy((2,), b"1234")}, "longer"),
        ({"x.npy": npy((2,), b"12", "|S1")}, "not numbers"),
        ({"x.npy": npy((-3,), b"")}, ""),
        ({"x.npy": npy((1,), b"1", version=9)}, "version"),
        ({"x.npy": b"\x93NUMPY\x01\x00\xff\xff" + b"{" * 65_535}, "not an array"),
        ({"x.npy": npy((1,), b"1", "-" * 9000 + "1")}, "not an array"),
        ({"x.npy": b"\x93NUMPY\x01\x00\x28\x23" + b"-" * 8999 + b"1"}, "not an array"),
        ({"x.npy": b""}, "not an array"),
        ({"x.txt": b"1"}, "not an array"),
        ({}, "no arrays"),
    ],
)
def test_a_damaged_npz_is_refused(tmp_path: Path, content: dict[str, bytes], said: str) -> None:
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    assert said in refused(path)


def test_an_npz_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for number in range(65):
            archive.writestr(f"a{number}.npy", npy((1,), b"1"))
    assert "more than 64 arrays" in refused(path, TooLargeError)
    monkeypatch.setenv("SPIKEX_MAX_UPLOAD_BYTES", "1000")
    small = save(tmp_path / "b.npz", x=np.zeros(5000, np.uint8), y=Y)
    assert "0 MB" in refused(small, TooLargeError)
    assert "larger than" in refused(save(tmp_path / "c.npz", x=X, y=Y), TooLargeError)


def test_a_truncated_npz_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "a.npz", x=X, y=Y)
    whole = path.read_bytes()
    for cut in (10, len(whole) // 2, len(whole) - 4):
        path.write_bytes(whole[:cut])
        refused(path)
    middle = len(whole) // 3
    path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :])
    refused(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"x": X, "y": np.where(Y == 3, -1, Y)}, "label -1 is out of range"),
        ({"x": X, "y": np.where(Y == 3, 10**9, Y)}, "label 1000000000 is out of range"),
        ({"x": X, "y": Y + 0.5}, "label 0.5 of sample 0 is no class"),
        ({"x": X, "y": np.full(40, np.nan)}, "is no class"),
        ({"x": X, "y": np.eye(4)[Y]}, "argmax"),
        ({"x": X, "y": Y[:-1]}, "40 samples but 39 labels"),
        ({"x": X}, "y of train is missing"),
        ({"x_test": X, "y_test": Y}, "no training samples"),
        ({"foo": X}, "no training samples among foo"),
        ({"x": X, "data": X, "y": Y}, "two arrays are x of train"),
        ({"x": X[:0], "y": Y[:0]}, "no samples"),
        ({"x": X[:1], "y": Y[:1]}, "too few"),
        ({"x": np.full((40, 3), np.inf), "y": Y}, "not finite"),
        ({"x": np.full((40, 3), 1e300), "y": Y}, "not finite"),
        ({"x": Y, "y": Y}, "samples have shape []"),
        ({"x": X.astype(complex), "y": Y}, "not numbers"),
        ({"x_train": X, "y_train": Y, "x_test": X[:, :3], "y_test": Y}, "test samples have shape"),
        ({"x_train": X, "y_train": Y, "x_test": X, "y_test": Y + 1}, "label 4 of sample"),
    ],
)
def test_bad_content_is_refused(tmp_path: Path, content: dict[str, Any], said: str) -> None:
    assert said in refused(save(tmp_path / "a.npz", **content))


def idx_folder(folder: Path, packed: bool = False) -> Path:
    folder.mkdir(exist_ok=True)
    for part, x, y in (("train", X, Y), ("t10k", X[:8], Y[:8])):
        for name, array in ((f"{part}-images-idx3-ubyte", x), (f"{part}-labels-idx1-ubyte", y)):
            data = as_idx(array)
            path = folder / (name + ".gz" if packed else name)
            path.write_bytes(gzip.compress(data) if packed else data)
    return folder


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", ["folder", "zip", "tgz"])
def test_idx_files_of_a_folder_or_an_archive(tmp_path: Path, packed: bool, kind: str) -> None:
    folder = idx_folder(tmp_path / "raw", packed)
    source = folder
    if kind == "zip":
        source = tmp_path / "a.zip"
        with zipfile.ZipFile(source, "w") as archive:
            for file in folder.iterdir():
                archive.write(file, f"package/data/{file.name}")
    elif kind == "tgz":
        source = tmp_path / "a.tgz"
        with tarfile.open(source, "w:gz") as archive:
            archive.add(folder, "package")
    info, splits = readers.read_upload(source, "mine")
    assert info.splits == {"train": 40, "test": 8}
    assert np.array_equal(splits["train"][0][:, 0], X)


def test_a_folder_with_the_same_files_packed_and_not(tmp_path: Path) -> None:
    idx_folder(tmp_path / "raw", packed=True)
    info, _ = readers.read_upload(idx_folder(tmp_path / "raw"), "mine")
    assert info.splits == {"train": 40, "test": 8}


def test_sources_that_are_none(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "nothing.npz", NotFoundError)
    (tmp_path / "empty").mkdir()
    assert "no .npz" in refused(tmp_path / "empty")
    path = tmp_path / "a.pkl"
    path.write_bytes(b"x")
    assert "neither .npz" in refused(path)
    idx_folder(tmp_path / "raw")
    assert "no labels" in refused(tmp_path / "raw" / "train-images-idx3-ubyte")
    for name in ("file:///etc/passwd", "s3://bucket/x.npz", "https://a/b.npz", "a\0b"):
        with pytest.raises(SpikexError):
            readers.read_upload(name, "mine")


@pytest.mark.parametrize("name", ["../x", "", "a/b", "con", "x" * 101])
def test_a_name_that_is_a_path_is_refused_before_anything_is_read(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(InvalidError, match="name"):
        readers.read_upload(tmp_path / "nothing", name)


def test_a_stream_is_not_a_file() -> None:
    with pytest.raises((InvalidError, NotFoundError)):
        readers.read_upload("/dev/stdin", "mine")


def test_in_memory_names_do_not_confuse(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, X_train=X, Y_train=Y)
    path = tmp_path / "a.npz"
    path.write_bytes(buffer.getvalue())
    assert readers.read_upload(path, "mine")[0].splits == {"train": 32, "test": 8}
