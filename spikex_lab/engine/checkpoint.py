"""The rolling checkpoint and the one before it: tensors and plain values only."""

from __future__ import annotations

import pickletools
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from spikex_lab.engine import files, tensorfile
from spikex_lab.errors import InvalidError

if TYPE_CHECKING:
    import torch

FORMAT = "spikex/checkpoint@1"
NAME = "checkpoint.pt"
PREVIOUS = "checkpoint.pt.prev"
_HEAD = 64 * 1024
"""Bytes of the pickle that `check_whose` looks at; the identity stands first in it."""


@dataclass
class Checkpoint:
    """All that a run needs to go on to the same numbers; random streams are keyed, not in it."""

    identity: dict[str, str]
    """Digests of what must not differ: model, training, dataset; see `identity_of`."""
    epoch: int
    """Finished epochs."""
    batch: int
    """Finished batches of the epoch under way; all of them when only its validation is missing."""
    seq: int
    """Last event that belongs to the state kept here."""
    threads: int
    device: str
    model: dict[str, torch.Tensor]
    optimizer: dict[str, Any]
    sums: dict[str, torch.Tensor] = field(default_factory=dict)
    """Running sums of the epoch under way."""
    history: list[dict[str, Any]] = field(default_factory=list)
    """One metrics body per finished epoch."""
    best: dict[str, Any] = field(default_factory=dict)
    """What early stopping and ``best.safetensors`` have seen."""
    elapsed: float = 0.0
    """Seconds of training so far, over all attempts."""
    epoch_elapsed: float = 0.0
    """Those of the epoch under way."""
    announced: int = 0
    """Epochs whose ``epoch`` event is in the log."""
    memory: dict[str, Any] = field(default_factory=dict)
    """How the run uses memory: its `mode`, and the steps of a stretch (`chunk`)."""
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    """What the layers of a deterministic run were fixed to run on; see `spikex_lab.nn.events`."""
    versions: dict[str, str] = field(default_factory=dict)
    format: str = FORMAT


def save(folder: Path, checkpoint: Checkpoint) -> int:
    """Write the rolling checkpoint durably, keep the one before it; return the size in bytes."""
    import torch

    body = {f.name: getattr(checkpoint, f.name) for f in fields(checkpoint)}

    def write(file: BinaryIO) -> None:
        torch.save(body, file)

    return files.replace(folder / NAME, write, keep=folder / PREVIOUS)


def load(folder: Path, identity: Mapping[str, str]) -> tuple[Checkpoint | None, list[str]]:
    """Return the newest checkpoint that can be read, on the CPU; and a line for each that cannot.

    Nothing in a file is ever executed: only tensors and plain values are read (``weights_only``),
    sparse tensors are refused.

    Raises
    ------
    InvalidError : when a readable checkpoint belongs to another model, training or dataset.
    """
    unreadable: list[str] = []
    for name in (NAME, PREVIOUS):
        path = folder / name
        if not path.exists():
            continue
        checkpoint, trouble = _read(path)
        if checkpoint is None:
            unreadable.append(f"{name} cannot be used: {trouble}")
            continue
        _check_whose(checkpoint.identity, identity, name)
        return checkpoint, unreadable
    return None, unreadable


def check_whose(folder: Path, identity: Mapping[str, str]) -> None:
    """Refuse the checkpoint in `folder` where it is another run's; needs no torch.

    One that cannot be read is no matter here: `load` finds out, and goes back to the one before.

    Raises
    ------
    InvalidError : it belongs to another model, training or dataset.
    """
    for name in (NAME, PREVIOUS):
        found = _identity_in(folder / name)
        if found:
            _check_whose(found, identity, name)
            return


def _check_whose(found: Mapping[str, str], wanted: Mapping[str, str], name: str) -> None:
    differing = [key for key, digest in wanted.items() if found.get(key) != digest]
    if differing:
        raise InvalidError(
            f"belongs to another {' and another '.join(differing)}",
            where=name,
            hint="start a new run: a run goes on only with the spec and data it began with",
        )


def _identity_in(path: Path) -> dict[str, str]:
    """Return the identity that the file tells, empty where it tells none; nothing is executed."""
    try:
        with zipfile.ZipFile(path) as archive:
            entry = next(n for n in archive.namelist() if n.endswith("/data.pkl"))
            with archive.open(entry) as file:
                return _texts_after("identity", file.read(_HEAD))
    except (OSError, ValueError, KeyError, StopIteration, RuntimeError, zipfile.BadZipFile):
        return {}


def _texts_after(key: str, pickled: bytes) -> dict[str, str]:
    """Return the table of texts under `key`, from the opcodes of a pickle that is not loaded."""
    memo: dict[Any, object] = {}
    texts: list[str] = []
    last: object = None
    inside = False
    for code, value, _ in pickletools.genops(pickled):
        if "PUT" in code.name:
            memo[value] = last
            continue
        last = memo.get(value) if "GET" in code.name else value
        if not inside:
            inside = last == key
        elif isinstance(last, str):
            texts.append(last)
        elif code.name.startswith("SETITEM"):
            return dict(zip(texts[::2], texts[1::2], strict=True))
    return {}


def _read(path: Path) -> tuple[Checkpoint | None, str]:
    try:
        body = tensorfile.read(path)
    except InvalidError as error:
        return None, f"it {error.what}"
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        return None, f"it is not a checkpoint of the form {FORMAT}"
    known = {f.name for f in fields(Checkpoint)}
    required = {"identity", "epoch", "batch", "seq", "threads", "device", "model", "optimizer"}
    if not required <= body.keys() <= known:
        return None, "its fields are not those of a checkpoint"
    checkpoint = Checkpoint(**body)
    trouble = _malformed(checkpoint)
    return (None, trouble) if trouble else (checkpoint, "")


def _malformed(checkpoint: Checkpoint) -> str:
    """Return what is wrong with the types inside, or an empty text."""
    for name in ("epoch", "batch", "seq", "threads"):
        value = getattr(checkpoint, name)
        if not isinstance(value, int) or value < 0:
            return f"its {name} is no count"
    for name in ("identity", "model", "optimizer", "sums", "best", "memory", "choices"):
        if not isinstance(getattr(checkpoint, name), dict):
            return f"its {name} is no table"
    chunk = checkpoint.memory.get("chunk")
    if checkpoint.memory and not (
        checkpoint.memory.get("mode") in ("fast", "low")
        and (chunk is None or (isinstance(chunk, int) and chunk > 0))
    ):
        return "its memory is neither fast nor low"
    for name, fixed in checkpoint.choices.items():
        if not isinstance(fixed, dict) or not all(isinstance(v, str) for v in fixed.values()):
            return f"its choices for {name} are no table of words"
    best = checkpoint.best.get("model", {})
    if not isinstance(best, dict):
        return "its best is no table"
    for name, tensor in [*checkpoint.model.items(), *checkpoint.sums.items(), *best.items()]:
        if not tensorfile.is_dense(tensor):
            return f"{name} is no dense tensor"
    return ""


def describe(checkpoint: Checkpoint) -> dict[str, Any]:
    """Return the position as a resumed run's first event carries it."""
    return {"seq": checkpoint.seq, "epoch": checkpoint.epoch, "batch": checkpoint.batch}
