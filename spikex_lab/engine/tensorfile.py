"""Files that torch wrote, read without executing anything in them."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

from spikex_lab.errors import InvalidError, first_line


def read(path: Path) -> Any:
    """Return what a zip-form ``.pt`` holds, on the CPU: tensors and plain values only.

    Sparse tensors are checked, so that a hostile one cannot point outside its memory.

    Raises
    ------
    InvalidError : it is damaged, or holds other objects.
    """
    import torch

    try:
        # the open file, not its name: torch would choose another loader by the suffix
        with path.open("rb") as file, torch.sparse.check_sparse_tensor_invariants():  # type: ignore[no-untyped-call]
            return torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise InvalidError(
            "holds objects other than tensors and plain values, or is damaged",
            where=path.name,
            hint="save the state_dict: torch.save(net.state_dict(), path)",
        ) from None
    except (  # whatever torch's reader stumbles over in a torn or hostile file
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
    ) as error:
        raise InvalidError(f"is damaged: {first_line(error)}", where=path.name) from None


def is_dense(value: object) -> bool:
    """Return whether `value` is an ordinary tensor: not sparse, quantized or nested."""
    import torch

    return (
        isinstance(value, torch.Tensor)
        and value.layout is torch.strided
        and not value.is_quantized
        and not value.is_nested
    )
