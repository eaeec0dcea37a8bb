"""Rolling checkpoints that are damaged, hostile or half written."""

from __future__ import annotations

import io
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch

from spikex_lab import durable
from spikex_lab.engine import checkpoint, files
from spikex_lab.engine.checkpoint import NAME, PREVIOUS, Checkpoint
from spikex_lab.errors import InvalidError


def made(epoch: int = 1, **change: Any) -> Checkpoint:
    body: dict[str, Any] = {
        "identity": {"model": "a", "dataset": "b"},
        "epoch": epoch,
        "batch": 2,
        "seq": 10 * epoch,
        "threads": 2,
        "device": "cpu",
        "model": {"fc.weight": torch.arange(6.0).reshape(2, 3)},
        "optimizer": {"state": {}, "param_groups": []},
    }
    return Checkpoint(**{**body, **change})


class Bomb:
    """Unpickled by a careless loader, it leaves a file behind."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.marker}",)


def test_the_newest_of_two(tmp_path: Path) -> None:
    assert checkpoint.load(tmp_path, {}) == (None, [])
    checkpoint.save(tmp_path, made(1))
    size = checkpoint.save(tmp_path, made(2))
    assert size == (tmp_path / NAME).stat().st_size
    assert {p.name for p in tmp_path.iterdir()} == {NAME, PREVIOUS}
    kept, damaged = checkpoint.load(tmp_path, {"model": "a"})
    assert kept is not None
    assert (kept.epoch, kept.seq, damaged) == (2, 20, [])
    assert torch.equal(kept.model["fc.weight"], made().model["fc.weight"])


def damage_truncated(path: Path, marker: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def damage_empty(path: Path, marker: Path) -> None:
    path.write_bytes(b"")


def damage_garbage(path: Path, marker: Path) -> None:
    path.write_bytes(os.urandom(4000))


def damage_pickle(path: Path, marker: Path) -> None:
    path.write_bytes(pickle.dumps(Bomb(marker)))


def damage_bomb(path: Path, marker: Path) -> None:
    torch.save({"format": checkpoint.FORMAT, "model": Bomb(marker)}, path)


def damage_legacy_bomb(path: Path, marker: Path) -> None:
    torch.save(Bomb(marker), path, _use_new_zipfile_serialization=False)


def damage_other_content(path: Path, marker: Path) -> None:
    torch.save({"weights": torch.zeros(3)}, path)


def damage_types(path: Path, marker: Path) -> None:
    torch.save({**vars(made()), "epoch": -1}, path)


def damage_other_form(path: Path, marker: Path) -> None:
    torch.save({**vars(made()), "format": "spikex/checkpoint@2"}, path)


def damage_missing_field(path: Path, marker: Path) -> None:
    torch.save({k: v for k, v in vars(made()).items() if k != "seq"}, path)


def damage_extra_field(path: Path, marker: Path) -> None:
    torch.save({**vars(made()), "code": "print()"}, path)


def damage_sparse(path: Path, marker: Path) -> None:
    coo = torch.eye(3).to_sparse()
    torch.save({**vars(made()), "model": {"fc.weight": coo}}, path)


DAMAGES = [v for k, v in sorted(globals().items()) if k.startswith("damage_")]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda d: d.__name__)
def test_a_file_that_cannot_be_used_gives_way_to_the_one_before(
    tmp_path: Path, damage: Any
) -> None:
    marker = tmp_path / "marker"
    checkpoint.save(tmp_path, made(1))
    checkpoint.save(tmp_path, made(2))
    damage(tmp_path / NAME, marker)
    kept, damaged = checkpoint.load(tmp_path, {"model": "a"})
    assert kept is not None
    assert kept.epoch == 1
    assert len(damaged) == 1
    assert damaged[0].startswith(f"{NAME} cannot be used: ")
    damage(tmp_path / PREVIOUS, marker)
    kept, damaged = checkpoint.load(tmp_path, {"model": "a"})
    assert kept is None
    assert len(damaged) == 2
    assert not marker.exists()


def test_false_sparse_tensors_are_refused(tmp_path: Path) -> None:
    """A CSR tensor that claims more values than it has: unchecked, it would leave its memory."""
    checkpoint.save(tmp_path, made(1))
    good = torch.sparse_csr_tensor(
        torch.tensor([0, 2, 4]), torch.tensor([0, 1, 0, 1]), torch.ones(4)
    )
    torch.save({**vars(made()), "model": {"fc.weight": good}}, tmp_path / NAME)
    _rewrite(tmp_path / NAME, b"\x04" + bytes(7), b"\x7f" + bytes(7))
    kept, damaged = checkpoint.load(tmp_path, {})
    assert kept is None
    assert len(damaged) == 1


def _rewrite(path: Path, old: bytes, new: bytes) -> None:
    """Replace bytes in every tensor of a torch file."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
        for item in source.infolist():
            data = source.read(item)
            target.writestr(
                item.filename, data.replace(old, new) if "/data/" in item.filename else data
            )
    path.write_bytes(out.getvalue())


def test_of_another_model(tmp_path: Path) -> None:
    checkpoint.save(tmp_path, made())
    with pytest.raises(InvalidError, match="another model and another dataset") as caught:
        checkpoint.load(tmp_path, {"model": "x", "dataset": "y"})
    assert caught.value.where == NAME
    assert caught.value.hint


def test_whose_it_is_can_be_told_without_loading_it(tmp_path: Path) -> None:
    checkpoint.check_whose(tmp_path, {"model": "a"})  # nothing there: nothing to refuse
    checkpoint.save(tmp_path, made(1))
    checkpoint.check_whose(tmp_path, {"model": "a", "dataset": "b"})
    with pytest.raises(InvalidError, match="belongs to another model and another backend"):
        checkpoint.check_whose(tmp_path, {"model": "x", "dataset": "b", "backend": "c"})
    same = made(2, identity={"model": "a", "training": "a", "dataset": "model", "backend": "a"})
    checkpoint.save(tmp_path, same)  # texts that repeat are references in the file
    checkpoint.check_whose(tmp_path, same.identity)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda d: d.__name__)
def test_one_that_cannot_be_read_is_left_to_the_loading(tmp_path: Path, damage: Any) -> None:
    marker = tmp_path / "marker"
    checkpoint.save(tmp_path, made(1))
    damage(tmp_path / NAME, marker)
    checkpoint.check_whose(tmp_path, {"model": "a"})
    assert not marker.exists()


def test_killed_between_the_two_renames(tmp_path: Path, monkeypatch: Any) -> None:
    checkpoint.save(tmp_path, made(1))
    moves = iter([True, False])
    real = Path.replace

    def dies(self: Path, target: Path) -> Path:
        if not next(moves):
            raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(Path, "replace", dies)
    with pytest.raises(KeyboardInterrupt):
        checkpoint.save(tmp_path, made(2))
    kept, damaged = checkpoint.load(tmp_path, {})
    assert kept is not None
    assert (kept.epoch, damaged) == (1, [])


def test_synced_before_it_is_moved(tmp_path: Path, monkeypatch: Any) -> None:
    story: list[str] = []
    real_sync, real_replace = os.fsync, Path.replace
    synced = lambda h: (story.append("sync"), real_sync(h))[1]  # noqa: E731
    monkeypatch.setattr(files.os, "fsync", synced)
    monkeypatch.setattr(durable.io, "fsync", synced)
    monkeypatch.setattr(Path, "replace", lambda a, b: (story.append("move"), real_replace(a, b))[1])
    checkpoint.save(tmp_path, made())
    assert story == ["sync", "move", "sync"]
