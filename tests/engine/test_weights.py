"""Weights in and out: bytes that depend on the weights alone; nothing that runs (trust case 13)."""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load as read_safetensors

from spikex_lab.engine import tensorfile, weights
from spikex_lab.errors import InvalidError


def network(seed: int = 0) -> torch.nn.Module:
    torch.manual_seed(seed)
    return torch.nn.Sequential(
        torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2)
    )


def test_equal_weights_are_equal_bytes() -> None:
    a, b = network(), network()
    assert weights.save(a) == weights.save(b)
    assert weights.save(a) != weights.save(network(1))
    reordered = dict(reversed(list(a.state_dict().items())))
    data = weights.dump(reordered)
    assert data == weights.save(a)
    length = struct.unpack("<Q", data[:8])[0]
    names = list(json.loads(data[8 : 8 + length]))
    assert "__metadata__" not in names
    assert set(read_safetensors(data)) == set(a.state_dict())


def test_there_and_back(tmp_path: Path) -> None:
    trained = network(5)
    path = tmp_path / "w.safetensors"
    path.write_bytes(weights.save(trained))
    fresh = network(6)
    weights.load(fresh, path)
    assert weights.save(fresh) == weights.save(trained)
    torch.save(trained.state_dict(), tmp_path / "w.pth")
    again = network(7)
    weights.load(again, tmp_path / "w.pth")
    assert weights.save(again) == weights.save(trained)


def test_tied_weights_are_kept() -> None:
    net = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.Linear(3, 3))
    net[1].weight = net[0].weight
    assert set(read_safetensors(weights.save(net))) == set(net.state_dict())


def test_weights_of_another_model_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    state = network().state_dict()
    before = network(9)
    kept = weights.save(before)
    for change, message in (
        ({"0.weight": torch.zeros(5, 3)}, r'"0.weight" is \(5, 3\), the model\'s is \(4, 3\)'),
        ({"extra": torch.zeros(1)}, 'has "extra", which the model has not'),
    ):
        path.write_bytes(weights.dump({**state, **change}))
        with pytest.raises(InvalidError, match=message):
            weights.load(before, path)
    state.pop("2.bias")
    path.write_bytes(weights.dump(state))
    with pytest.raises(InvalidError, match=r'has no "2\.bias"'):
        weights.load(before, path)
    assert weights.save(before) == kept


class Bomb:
    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.marker}",)


def as_pickle(path: Path, bomb: Bomb) -> None:
    path.write_bytes(pickle.dumps(bomb))


def as_torch(path: Path, bomb: Bomb) -> None:
    torch.save(bomb, path)


def as_state_dict(path: Path, bomb: Bomb) -> None:
    torch.save({**network().state_dict(), "x": bomb}, path)


def as_legacy(path: Path, bomb: Bomb) -> None:
    torch.save(bomb, path, _use_new_zipfile_serialization=False)


def as_tar(path: Path, bomb: Bomb) -> None:
    inner = path.with_suffix(".inner")
    inner.write_bytes(pickle.dumps(bomb))
    with tarfile.open(path, "w") as tar:
        tar.add(inner, "pickle")


def as_numpy(path: Path, bomb: Bomb) -> None:
    with path.open("wb") as file:
        np.save(file, np.array([bomb], dtype=object), allow_pickle=True)


def as_npz(path: Path, bomb: Bomb) -> None:
    with path.open("wb") as file:
        np.savez(file, x=np.array([bomb], dtype=object))


def as_whole_module(path: Path, bomb: Bomb) -> None:
    torch.save(network(), path)


def as_script(path: Path, bomb: Bomb) -> None:
    path.write_text(f"import os; os.system('touch {bomb.marker}')")


def as_safetensors_that_lies(path: Path, bomb: Bomb) -> None:
    header = json.dumps(
        {"x": {"dtype": "F32", "shape": [10**9], "data_offsets": [0, 4 * 10**9]}}
    ).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(16))


def as_huge_header(path: Path, bomb: Bomb) -> None:
    path.write_bytes(struct.pack("<Q", 2**60) + b"{}" + bytes(16))


FORMS = [v for k, v in sorted(globals().items()) if k.startswith("as_")]


@pytest.mark.parametrize(
    "suffix", [".pt", ".pth", ".bin", ".pt2", ".npy", ".npz", ".pkl", ".safetensors"]
)
@pytest.mark.parametrize("form", FORMS, ids=lambda f: f.__name__)
def test_nothing_in_a_file_runs(tmp_path: Path, form: Any, suffix: str) -> None:
    marker = tmp_path / "marker"
    path = tmp_path / f"weights{suffix}"
    form(path, Bomb(marker))
    net = network()
    before = weights.save(net)
    with pytest.raises(InvalidError) as caught:
        weights.load(net, path)
    assert path.name in str(caught.value)
    assert len(str(caught.value)) < 400
    assert not marker.exists()
    assert weights.save(net) == before


def test_sparse_and_quantized_tensors_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.pt"
    for tensor in (torch.eye(3).to_sparse(), torch.eye(3).to_sparse_csr()):
        torch.save({"0.weight": tensor}, path)
        with pytest.raises(InvalidError):
            weights.read(path)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_quantized_tensor_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.pt"
    torch.save({"0.weight": torch.quantize_per_tensor(torch.eye(3), 0.1, 0, torch.qint8)}, path)
    with pytest.raises(InvalidError, match="is no dense tensor"):
        weights.read(path)


def test_a_sparse_tensor_that_lies_is_found_out(tmp_path: Path) -> None:
    """A CSR tensor that claims more values than it has would read beyond its memory."""
    path = tmp_path / "w.pt"
    rows, columns = torch.tensor([0, 2, 4]), torch.tensor([0, 1, 0, 1])
    torch.save(torch.sparse_csr_tensor(rows, columns, torch.ones(4)), path)
    assert torch.equal(tensorfile.read(path).to_dense(), torch.ones(2, 2))
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            lie = rows.numpy().tobytes(), torch.tensor([0, 2, 127]).numpy().tobytes()
            new.writestr(item.filename, old.read(item).replace(*lie))
    path.write_bytes(out.getvalue())
    with pytest.raises(InvalidError, match="is damaged"):
        tensorfile.read(path)


def test_what_is_refused_by_its_first_bytes(tmp_path: Path) -> None:
    """The form decides before any parser sees the file: legacy files hold pickles outside a zip."""
    path = tmp_path / "w.pt"
    torch.save(network().state_dict(), path, _use_new_zipfile_serialization=False)
    with pytest.raises(InvalidError, match="is no weights file"):
        weights.read(path)
    as_huge_header(path, Bomb(path))
    with pytest.raises(InvalidError, match="is no weights file"):
        weights.read(path)


def test_absent_and_empty_files(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="cannot be read"):
        weights.read(tmp_path / "none.pt")
    (tmp_path / "empty.pt").write_bytes(b"")
    with pytest.raises(InvalidError, match="is no weights file"):
        weights.read(tmp_path / "empty.pt")
