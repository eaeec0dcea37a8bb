"""Stratified splits: every class keeps its share, and a key decides who goes where."""

from __future__ import annotations

from typing import Any

import numpy as np

from spikex_lab.data.keyed import Indices, permutation
from spikex_lab.errors import InvalidError

Labels = np.ndarray[Any, np.dtype[Any]]


def stratified(y: Labels, test: float = 0.2, seed: int = 0) -> tuple[Indices, Indices]:
    """Return the sorted indices of the training and of the test samples of labels `y` [N].

    The test split has ``round(test · N)`` samples, every class its share to within one.

    Examples
    --------
    >>> train, held = stratified(np.array([0, 0, 0, 0, 1, 1, 1, 1]), test=0.25)
    >>> len(train), sorted(np.array([0, 0, 0, 0, 1, 1, 1, 1])[held].tolist())
    (6, [0, 1])
    """
    return _divide(np.asarray(y), test, seed, "split")


def holdout(y: Labels, share: float, seed: int) -> tuple[Indices, Indices]:
    """Return the sorted indices of the training and the validation samples of labels `y` [N].

    `share` 0 gives an empty validation split; any other gives at least one sample.
    """
    train, held = _divide(np.asarray(y), share, seed, "validation")
    if share > 0 and not len(held) and len(train) > 1:
        return train[:-1], train[-1:]
    return train, held


def _divide(y: Labels, share: float, seed: int, purpose: str) -> tuple[Indices, Indices]:
    if not 0 <= share < 1:
        raise InvalidError(f"a share lies between 0 and 1, not at {share}")
    count = len(y)
    labels, of_class = np.unique(y, return_inverse=True)
    sizes = np.bincount(of_class, minlength=len(labels))
    wanted = sizes * share
    take = np.floor(wanted).astype(np.int64)
    # the samples that rounding leaves over go to the classes with the largest remainders
    missing = round(count * share) - int(take.sum())
    take[np.argsort(take - wanted, kind="stable")[:missing]] += 1
    order = permutation(count, seed, purpose)
    by_class = order[np.argsort(of_class[order], kind="stable")]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    held = np.zeros(count, dtype=bool)
    for start, number in zip(starts, take, strict=True):
        held[by_class[start : start + number]] = True
    return np.flatnonzero(~held), np.flatnonzero(held)
