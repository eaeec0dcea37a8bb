"""Samples of a dataset to look at: pictures as PNG, all others as numbers."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from spikex_lab.api import display
from spikex_lab.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from spikex_lab.api.dataset import Dataset


def samples(
    dataset: Dataset, split: str, index: int, count: int = 1, *, always_values: bool = False
) -> list[dict[str, Any]]:
    """Return up to `count` samples of `split` from `index` on: index, label, class, png, values.

    Parameters
    ----------
    always_values : tell the numbers of a picture too.

    Raises
    ------
    NotFoundError : no such split, or no such sample in it.
    """
    data = dataset.split(split)
    if index >= len(data):
        raise NotFoundError(f"split {split} has {len(data)} samples", where="index")
    return [
        {
            "index": place,
            "label": int(data.y[place]),
            "class": dataset.classes[int(data.y[place])],
            "png": png(data.x[place], dataset.info["value_range"]),
            "values": data.x[place].ravel().tolist()
            if always_values or not is_picture(dataset.shape)
            else None,
        }
        for place in range(index, min(index + count, len(data)))
    ]


def is_picture(shape: Sequence[int]) -> bool:
    """Return whether samples of `shape` are pictures: [1|3, height, width]."""
    return len(shape) == 3 and shape[0] in (1, 3)


def png(sample: np.ndarray, value_range: Sequence[float]) -> str | None:
    """Return `sample` as a PNG file in base64; None where it is no picture."""
    if not is_picture(sample.shape):
        return None
    return base64.b64encode(display.png(_pixels(sample, value_range))).decode()


def _pixels(sample: np.ndarray, value_range: Sequence[float]) -> np.ndarray:
    """Return a sample [1|3, H, W] as uint8 [H, W] or [H, W, 3]."""
    import numpy as np

    low, high = value_range
    shown = (sample.astype(np.float32) - low) * (255 / ((high - low) or 1))
    shown = shown.clip(0, 255).astype(np.uint8)
    return np.ascontiguousarray(shown[0] if len(shown) == 1 else shown.transpose(1, 2, 0))
