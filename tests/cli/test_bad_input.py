"""Bad input: one clear message on stderr, exit status 2, nothing on stdout, nothing changed."""

from __future__ import annotations

import errno
import gzip
import os
import struct
from pathlib import Path

import numpy as np
import pytest
import yaml

from spikex_lab import durable
from spikex_lab.api import reading
from spikex_lab.conformance import sandbox

from .conftest import GOOD, check, picture

SPIKING = {
    **GOOD,
    "time": {"steps": 4},
    "nodes": [
        {"id": "flatten", "component": "layers/flatten"},
        {"id": "fc", "component": "synapses/dense", "params": {"features": 10}},
        {"id": "lif", "component": "neurons/leaky"},
    ],
}


def spec(tmp_path: Path, data: dict, **changes) -> Path:
    path = tmp_path / "spec.yaml"
    path.write_text(yaml.safe_dump({**data, **changes}))
    return path


# the spec


def test_unknown_component_names_the_node_and_the_nearest(refused, tmp_path):
    nodes = [*SPIKING["nodes"][:2], {"id": "lif", "component": "neurons/leeky"}]
    path = spec(tmp_path, SPIKING, nodes=nodes)
    for command in (
        ["train", path],
        ["models", "create", "new", "--from", path],
        ["models", "import", path],
    ):
        message = refused(*command)
        assert "lif" in message
        assert "neurons/leeky" in message
        assert "neurons/leaky" in message


def test_unknown_key_names_the_nearest(refused, tmp_path):
    message = refused("train", spec(tmp_path, GOOD, trainning={"epochs": 1}))
    assert 'unknown key "trainning"' in message
    assert '"training"' in message
    message = refused("train", "taken", "--set", "training.epoch=3")
    assert "epochs" in message


def test_unknown_parameter_names_the_nearest(refused, tmp_path):
    nodes = [GOOD["nodes"][0], {**GOOD["nodes"][1], "params": {"feature": 10}}]
    message = refused("train", spec(tmp_path, GOOD, nodes=nodes))
    assert "feature" in message
    assert "features" in message


def test_shapes_that_do_not_fit_say_the_edge_and_both_shapes(refused, tmp_path):
    nodes = [
        {"id": "flatten", "component": "layers/flatten"},
        {"id": "conv", "component": "synapses/conv2d", "params": {"channels": 4, "kernel": 3}},
    ]
    message = refused("train", spec(tmp_path, GOOD, nodes=nodes))
    assert "flatten" in message
    assert "conv" in message
    assert "64" in message
    nodes = [
        {"id": "flatten", "component": "layers/flatten"},
        {"id": "a", "component": "synapses/dense", "params": {"features": 5}},
        {"id": "b", "component": "synapses/dense", "params": {"features": 7}},
        {"id": "sum", "component": "layers/relu"},
    ]
    edges = [["input", "flatten"], ["flatten", "a"], ["flatten", "b"], ["a", "sum"], ["b", "sum"]]
    message = refused("train", spec(tmp_path, GOOD, nodes=nodes, edges=edges))
    assert "sum" in message
    assert "5" in message
    assert "7" in message


def test_cycle_without_delay(refused, tmp_path):
    edges = [["input", "flatten"], ["flatten", "fc"], ["fc", "lif"], ["lif", "lif"]]
    message = refused("train", spec(tmp_path, SPIKING, edges=edges))
    assert "lif" in message
    assert "delay" in message


def test_negative_time_steps(refused, tmp_path):
    message = refused("train", spec(tmp_path, SPIKING, time={"steps": -5}))
    assert "/time/steps" in message
    assert "-5" in message
    assert "steps" in refused("train", "taken", "--set", "time.steps=-1")


@pytest.mark.parametrize("rate", ["0", "-1", ".nan", ".inf", "fast"])
def test_learning_rate_that_is_none(refused, rate):
    assert "lr" in refused("train", "taken", "--set", f"training.lr={rate}")


def test_model_that_does_not_fit_the_dataset(refused, tmp_path):
    message = refused("train", spec(tmp_path, GOOD, input={"shape": [1, 28, 28]}))
    assert "(1, 28, 28)" in message
    assert "(1, 8, 8)" in message
    nodes = [GOOD["nodes"][0], {**GOOD["nodes"][1], "params": {"features": 9}}]
    message = refused("train", spec(tmp_path, GOOD, nodes=nodes))
    assert "9" in message
    assert "10" in message


@pytest.mark.parametrize(
    "text",
    [
        "a: [1",
        "a: &x [1]\nb: *x",
        "a: !!python/object/apply:os.system [id]",
        "- 1",
        "a: 1\na: 2",
        "",
        "\0",
    ],
)
def test_files_that_are_no_spec(refused, tmp_path, text):
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    refused("train", path)
    refused("models", "import", path)


def test_bundle_that_is_none(refused, tmp_path):
    path = tmp_path / "bad.spikex"
    path.write_bytes(b"PK\x03\x04 nothing")
    assert "bundle" in refused("models", "import", path)


# names


def test_existing_model_name(refused, tmp_path):
    assert '"taken" exists' in refused("models", "create", "taken")
    assert '"taken" exists' in refused("models", "import", spec(tmp_path, GOOD), "--name", "taken")


def test_unknown_names_say_the_nearest(refused):
    assert '"digits"' in refused("train", "taken", "--dataset", "digit")
    assert '"taken"' in refused("models", "show", "takken")
    assert '"snn-mlp"' in refused("models", "create", "new", "--template", "snn-mpl")
    assert "spikex datasets download mnist" in refused("train", "taken", "--dataset", "mnist")
    assert '"mnist"' in refused("datasets", "download", "mnits")
    assert "no target" in refused("train", "taken", "--target", "moon")
    assert "no run" in refused("runs", "show", "0123456789")


def test_device_that_is_not_there_lists_those_that_are(refused, tmp_path):
    message = refused("train", "taken", "--device", "cuda:7")
    assert "cuda:7" in message
    assert "cpu" in message
    assert "device" in refused("train", "taken", "--device", "gpu")
    assert "device" in refused("train", spec(tmp_path, GOOD), "--device", "gpu")  # no model is made


# data


def idx(array: np.ndarray) -> bytes:
    kind = {np.dtype(np.uint8): 8}[array.dtype]
    return (
        bytes([0, 0, kind, array.ndim])
        + struct.pack(f">{array.ndim}I", *array.shape)
        + array.tobytes()
    )


def test_truncated_idx(refused, tmp_path):
    folder = tmp_path / "set"
    folder.mkdir()
    images, labels = np.zeros((20, 4, 4), np.uint8), np.zeros(20, np.uint8)
    for part in ("train", "t10k"):
        (folder / f"{part}-images-idx3-ubyte").write_bytes(idx(images)[:-7])
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(idx(labels))
    assert "truncated" in refused("datasets", "upload", folder, "--name", "new")


def test_wrong_checksum(refused, tmp_path):
    folder = tmp_path / "set"
    folder.mkdir()
    images, labels = np.zeros((20, 28, 28), np.uint8), np.zeros(20, np.uint8)
    for part in ("train", "t10k"):
        (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images)))
        (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(labels)))
    message = refused("datasets", "download", "mnist", "--from", folder)
    assert "checksum" in message or "md5" in message.lower()


def test_npz_with_objects_in_it(refused, tmp_path):
    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "owned"),)

    path = tmp_path / "objects.npz"
    np.savez(path, x=np.array([Trap()] * 4, dtype=object), y=np.zeros(4, np.int64))
    assert "object" in refused("datasets", "upload", path, "--name", "new")
    assert not (tmp_path / "owned").exists()


def test_label_out_of_range(refused, tmp_path):
    path = tmp_path / "labels.npz"
    np.savez(path, x=np.zeros((4, 2, 2), np.uint8), y=np.array([0, 1, -1, 1]))
    assert "label" in refused("datasets", "upload", path, "--name", "new")
    np.savez(path, x=np.zeros((4, 2, 2), np.uint8), y=np.array([0, 1, 2, 1]))
    message = refused("datasets", "upload", path, "--name", "new", "--classes", "cat,dog")
    assert "label 2" in message


# the disk and the database


def test_full_disk_keeps_nothing_of_an_upload(refused, tmp_path, monkeypatch):
    path = tmp_path / "good.npz"
    np.savez(path, x=np.zeros((40, 2, 2), np.uint8), y=np.arange(40) % 2)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for call in ("write", "fsync"):
        with monkeypatch.context() as patch:
            patch.setattr(durable.io, call, full)
            assert "full" in refused("datasets", "upload", path, "--name", "new")
    request = {"path": str(path), "name": "new", "classes": None, "folder": str(tmp_path)}
    with monkeypatch.context() as patch:  # and where a child prepares the arrays
        patch.setattr(np, "save", full)
        answer = reading._answer(request)
    with monkeypatch.context() as patch:
        patch.setattr(sandbox, "ask", lambda *_, **__: answer)
        assert "space" in refused("datasets", "upload", path, "--name", "new")


def test_a_full_disk_wherever_it_shows_is_bad_input(refused, tmp_path, monkeypatch):
    from spikex_lab.api import export

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(tmp_path / "m.yaml"))

    monkeypatch.setattr(export, "model", full)
    assert "the disk is full" in refused("models", "export", "taken", tmp_path / "m.yaml")


def test_full_database_keeps_nothing_of_a_model(kept, refused, tmp_path, monkeypatch):
    from spikex_lab.store.database import Database

    connected = Database._connected

    def small(self, connection, record):
        connected(self, connection, record)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    monkeypatch.setattr(Database, "_connected", small)
    # another store than this process has open: the limit belongs to a connection
    monkeypatch.setenv("SPIKEX_MAX_COORDINATORS", "7")
    nodes = [{"id": f"n{i}", "component": "layers/relu"} for i in range(9000)]
    path = spec(tmp_path, {**GOOD, "nodes": [*nodes, *GOOD["nodes"]]})
    assert "full" in refused("models", "import", path)


def test_store_written_by_a_newer_version(tmp_path, monkeypatch, spikex):
    from spikex_lab.store import Store, sqlite

    home = tmp_path / "newer"
    monkeypatch.setenv("SPIKEX_HOME", str(home))
    with Store.open():
        pass
    connection = sqlite.module().connect(str(home / "spikex.db"))
    connection.execute("UPDATE alembic_version SET version_num='9999'")
    connection.commit()
    connection.close()
    before = picture(home)
    for command in (
        ["models", "list"],
        ["train", "x"],
        ["db", "check"],
        ["db", "upgrade"],
        ["demo"],
    ):
        message = check(spikex(*command))
        assert "schema is ahead" in message
        assert "9999" in message
    assert picture(home) == before
