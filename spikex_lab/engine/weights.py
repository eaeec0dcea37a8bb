"""Weights as files: safetensors out, safetensors or tensors-only PyTorch files in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from spikex_lab.engine import tensorfile
from spikex_lab.errors import InvalidError, first_line, nearest

if TYPE_CHECKING:
    import torch

_ZIP = b"PK\x03\x04"
_MAX_HEADER = 100 * 1024**2


def save(network: torch.nn.Module) -> bytes:
    """Return the state as safetensors, sorted, no metadata: equal weights are equal bytes."""
    return dump(network.state_dict())


def dump(state: dict[str, torch.Tensor]) -> bytes:
    """Return tensors by name as safetensors, sorted by name."""
    from safetensors.torch import save as to_bytes

    tensors = {name: state[name].detach().cpu().contiguous().clone() for name in sorted(state)}
    return to_bytes(tensors)


def read(path: Path) -> dict[str, torch.Tensor]:
    """Return the tensors in a ``.safetensors`` or a zip-form ``.pt``/``.pth`` file, by name.

    The content decides, not the name. Nothing in the file is executed; sparse, quantized or nested
    tensors, other objects and legacy pickle or tar files are refused.

    Raises
    ------
    InvalidError : with what is wrong with the file.
    """
    try:
        with path.open("rb") as file:
            head = file.read(16)
            size = file.seek(0, 2)
    except OSError as error:
        raise InvalidError(f"cannot be read: {error.strerror}", where=path.name) from None
    if head.startswith(_ZIP):
        return _read_torch(path)
    length = int.from_bytes(head[:8], "little")
    if len(head) < 10 or head[8:9] != b"{" or length > min(size - 8, _MAX_HEADER):
        raise InvalidError(
            "is no weights file",
            where=path.name,
            hint="weights are .safetensors, or .pt/.pth with tensors only; pickles are not opened",
        )
    return _read_safetensors(path)


def _read_safetensors(path: Path) -> dict[str, torch.Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load as from_bytes

    try:
        return from_bytes(path.read_bytes())
    except (SafetensorError, json.JSONDecodeError, KeyError, ValueError, RuntimeError) as error:
        raise InvalidError(f"is damaged: {first_line(error)}", where=path.name) from None


def _read_torch(path: Path) -> dict[str, torch.Tensor]:
    body = tensorfile.read(path)
    if isinstance(body, dict) and isinstance(body.get("state_dict"), dict):
        body = body["state_dict"]
    if not isinstance(body, dict) or not body:
        raise InvalidError("is no table of tensors", where=path.name)
    for name, tensor in body.items():
        if not isinstance(name, str) or not tensorfile.is_dense(tensor):
            raise InvalidError(f"{str(name)[:80]!r} is no dense tensor", where=path.name)
    return dict(body)


def load(network: torch.nn.Module, path: Path) -> None:
    """Load the weights at `path` into `network`.

    Raises
    ------
    InvalidError : when names or shapes do not fit; the network is then as before.
    """
    restore(network, read(path), where=path.name)


def restore(
    network: torch.nn.Module, state: dict[str, torch.Tensor], *, where: str = "weights"
) -> None:
    """Copy tensors into `network` after checking that all names and shapes are the network's."""
    own = network.state_dict()
    # In the network's order, not the file's (safetensors gives its tensors in any order): the first
    # mistake is the same one each time, and the one nearest the input.
    for name, wanted in own.items():
        if name not in state:
            raise InvalidError(f'has no "{name}"', where=where, hint=nearest(name, list(state)))
        if state[name].shape != wanted.shape:
            raise InvalidError(
                f'"{name}" is {tuple(state[name].shape)}, the model\'s is {tuple(wanted.shape)}',
                where=where,
            )
    if more := sorted(set(state) - set(own)):
        raise InvalidError(
            f'has "{more[0]}", which the model has not',
            where=where,
            hint=nearest(more[0], list(own)),
        )
    network.load_state_dict(state)
