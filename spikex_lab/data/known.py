"""The datasets everybody knows: downloaded from several mirrors, or taken from the same files."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from spikex_lab.data import archives, arrays
from spikex_lab.data import fetch as net
from spikex_lab.data.dataset import Array
from spikex_lab.data.idx import idx
from spikex_lab.data.published import CIFAR, KNOWN, TEST_X, TEST_Y, TRAIN_X, TRAIN_Y, Known
from spikex_lab.data.sources import check_source
from spikex_lab.errors import InvalidError, NotFoundError, nearest

__all__ = ["KNOWN", "Known", "fetch"]

Splits = dict[str, tuple[Array, Array]]


def fetch(
    name: str,
    folder: Path,
    source: Path | None = None,
    progress: net.Progress | None = None,
) -> list[Path]:
    """Write the known dataset `name` into `folder` in the form of `data.arrays`; return the files.

    Parameters
    ----------
    folder : where the arrays go; a download that breaks off is kept in its ``download/`` and the
        next call goes on from there.
    source : a folder, an archive or (for a set of one file) the file itself, with the published
        files; nothing is downloaded then. Checksums are verified all the same.
    progress : called with bytes done, bytes in all and the file's name.

    Raises
    ------
    NotFoundError : no known dataset, or `source` lacks a file.
    InvalidError : wrong checksum, damaged file.
    WorkError : no mirror gave a file.
    """
    known = KNOWN.get(name)
    if known is None:
        raise NotFoundError(f'no known dataset "{name[:80]}"', hint=nearest(name, sorted(KNOWN)))
    if source is not None:
        return _from_source(known, folder, check_source(source))
    cache = folder / "download"
    cache.mkdir(parents=True, exist_ok=True)
    files = {f.name: net.download(f, known.mirrors, cache, progress) for f in known.files}
    written = arrays.write(folder, known.info, _READERS[known.layout](files))
    for file in files.values():
        file.unlink()
    cache.rmdir()
    return written


def _from_source(known: Known, folder: Path, source: Path) -> list[Path]:
    if source.is_file() and archives.is_archive(source) and source.name != CIFAR:
        with tempfile.TemporaryDirectory(prefix="spikex-from-") as temporary:
            archives.extract(source, Path(temporary), wanted=lambda name: _matches(known, name))
            return _from_folder(known, folder, Path(temporary), source.name)
    return _from_folder(known, folder, source, source.name)


def _matches(known: Known, name: str) -> bool:
    last = name.rpartition("/")[2]
    return any(last in (file.name, _raw(file)) for file in known.files)


def _raw(file: net.Remote) -> str:
    """Return the file's name unpacked, where its unpacked checksum is known."""
    return file.name.removesuffix(".gz") if file.raw_md5 else file.name


def _from_folder(known: Known, folder: Path, source: Path, where: str) -> list[Path]:
    files = {}
    for file in known.files:
        path = _find(source, file)
        if path is None:
            hint = f"files of {known.name}: {', '.join(f.name for f in known.files)}"
            if "cifar" in known.name:
                hint += "; the python version holds pickles, which are not read"
            raise NotFoundError(f"has no file {file.name}", where=where, hint=hint)
        net.check(path, file)
        files[file.name] = path
    return arrays.write(folder, known.info, _READERS[known.layout](files))


def _find(source: Path, file: net.Remote) -> Path | None:
    if source.is_file():
        return source if source.name == file.name else None
    for name in (file.name, _raw(file)):
        found = sorted(path for path in source.rglob(name) if path.is_file())
        if found:
            return found[0]
    return None


def _from_idx(files: dict[str, Path]) -> Splits:
    return {
        "train": (idx(files[TRAIN_X])[:, None], idx(files[TRAIN_Y])),
        "test": (idx(files[TEST_X])[:, None], idx(files[TEST_Y])),
    }


def _from_cifar(files: dict[str, Path]) -> Splits:
    """Read CIFAR-10's binary version: records of one label and 3 × 32 × 32 bytes."""
    with tempfile.TemporaryDirectory(prefix="spikex-cifar-") as folder:
        paths = archives.extract(
            files[CIFAR], Path(folder), wanted=lambda name: name.endswith(".bin")
        )
        batches = {path.name: np.fromfile(path, dtype=np.uint8) for path in paths}
    names = [f"data_batch_{number}.bin" for number in range(1, 6)]
    records = 1 + 3 * 32 * 32
    for name in (*names, "test_batch.bin"):
        if name not in batches or batches[name].size % records:
            raise InvalidError(f"{name} is missing or truncated", where=CIFAR)

    def split(parts: list[str]) -> tuple[Array, Array]:
        data = np.concatenate([batches[part] for part in parts]).reshape(-1, records)
        return data[:, 1:].reshape(-1, 3, 32, 32), data[:, 0]

    return {"train": split(names), "test": split(["test_batch.bin"])}


_READERS = {"idx": _from_idx, "cifar-binary": _from_cifar}
